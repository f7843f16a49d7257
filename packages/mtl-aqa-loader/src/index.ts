export { isMtlAqa, MtlAqaDataset, type OpenMtlAqaOptions, openMtlAqa } from './dataset.js';
export { type MtlAqaFiles, type MtlAqaLabel, type MtlAqaLabels, mtlAqaLimits, parseMtlAqa } from './labels.js';
