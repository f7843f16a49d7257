import { readFileSync } from 'node:fs';

/**
 * Lets Vite and vitest read the sources of modules that import bytes, as tsup builds them: `import bytes from './model.safetensors'`.
 *
 * @returns {import('vite').Plugin}
 */
export function binaryImports() {
  return {
    name: 'binary-imports',
    enforce: 'pre',
    load(id) {
      if (!/\.(safetensors|wasm)$/.test(id)) return null;
      const text = JSON.stringify(readFileSync(id, 'base64'));
      return `export default Uint8Array.from(atob(${text}), (letter) => letter.charCodeAt(0));`;
    },
  };
}
