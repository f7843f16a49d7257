export { ArgumentError, DataError, EngineError, McoreError, ShapeError, WeightsError } from './errors.js';
export { formatShape } from './format-shape.js';
export { withoutCaller } from './without-caller.js';
