export { KeptFolds } from './kept-folds.js';
