/**
 * The colours of stages, in their order, wherever stages are shown: in the report, in the demo and in the guides. From the seventh
 * stage on they begin again. Text that the demo writes on the first three, white on `light` and dark on `dark`, has a contrast of at
 * least 4.5 : 1.
 */
export const STAGE_COLORS: readonly { light: string; dark: string }[] = [
  { light: '#a85a00', dark: '#e89a3c' },
  { light: '#5b45b8', dark: '#a493f5' },
  { light: '#00727f', dark: '#3dc2cf' },
  { light: '#3a9a5f', dark: '#6cc48c' },
  { light: '#c04468', dark: '#e57e9b' },
  { light: '#7a7f1e', dark: '#bcc25a' },
];

/** CSS variables `--stage-0` and so on, for a style rule. */
export function stageVariables(theme: 'light' | 'dark'): string {
  return STAGE_COLORS.map((colors, stage) => `--stage-${stage}: ${colors[theme]};`).join(' ');
}
