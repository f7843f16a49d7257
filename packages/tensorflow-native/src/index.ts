export { type CheckReport, checkInstallation } from './check-installation.js';
export { diagnoseTensorflow, type InstallationDiagnosis, type TensorflowDiagnosis } from './diagnose.js';
export { cacheFolder, installFolder } from './folders.js';
export { type InstallOptions, installTensorflow } from './install.js';
export { type LoadedTensorflow, type LoadOptions, loadTensorflow } from './load.js';
export { launchEnvironment } from './nvidia.js';
export { findInstallations, type Installation, type InstallRecord } from './record.js';
export { uninstallTensorflow } from './uninstall.js';
export { TENSORFLOW_VERSION, TFJS_NODE_VERSION, type Variant } from './versions.js';
