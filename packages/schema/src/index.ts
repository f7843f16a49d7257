export { list, number, oneOf, positive, record, whole } from './build.js';
export {
  formatPath,
  type Schema,
  type SchemaCheckOptions,
  type SchemaProblem,
  schemaProblems,
  withDefaults,
} from './schema.js';
