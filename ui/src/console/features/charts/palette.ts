// Colours of charts, read from the tokens so that a theme change reaches the canvas.

/** Colours that charts use. Risk colours only for grades. */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly major: string;
  readonly general: string;
  readonly font: string;
}

/** Reads the tokens as they are now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: token('--ink'),
    soft: token('--ink-2'),
    line: token('--hairline'),
    surface: token('--surface'),
    accent: token('--accent'),
    major: token('--risk-major'),
    general: token('--risk-general'),
    font: token('--font'),
  };
}
