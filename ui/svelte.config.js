/** Svelte 5 in runes mode everywhere: state is declared, never guessed. */
export default {
  compilerOptions: { runes: true },
};
