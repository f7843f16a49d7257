/** Grows whenever any pixel of any dive changes: weights and files belong to one version. */
export const rendererVersion = 2;
