/**
 * Theme and text size: a choice of the person at this device, kept in the browser's storage (it is not evidence and
 * losing it loses nothing). Applied as attributes of the root element; tokens.css does the rest.
 */
export type Theme = 'system' | 'light' | 'dark' | 'contrast';
export type TextSize = '100' | '130' | '200';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark', 'contrast'];
export const TEXT_SIZES: readonly TextSize[] = ['100', '130', '200'];

const THEME_KEY = 'davy.theme';
const SIZE_KEY = 'davy.text';

function read<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const stored = localStorage.getItem(key);
    return allowed.find((value) => value === stored) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not remembered; applied all the same.
  }
}

class Appearance {
  theme = $state<Theme>(read(THEME_KEY, THEMES, 'system'));
  size = $state<TextSize>(read(SIZE_KEY, TEXT_SIZES, '100'));

  /** Applies the choice and follows the system's dark mode from now on. */
  start(): void {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const contrast = window.matchMedia('(prefers-contrast: more)');
    dark.addEventListener('change', () => this.#apply());
    contrast.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    write(THEME_KEY, theme);
    this.#apply();
  }

  setSize(size: TextSize): void {
    this.size = size;
    write(SIZE_KEY, size);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset['theme'] = this.theme === 'system' ? this.#systemTheme() : this.theme;
    root.dataset['text'] = this.size;
  }

  #systemTheme(): 'light' | 'dark' | 'contrast' {
    if (window.matchMedia('(prefers-contrast: more)').matches) return 'contrast';
    return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
}

export const appearance = new Appearance();
