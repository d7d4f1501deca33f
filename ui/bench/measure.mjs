/** What runs inside the page: moments of a click, of the painted answer, of "saved"; frames while scrolling. */

/** Installed before the app; everything it learns lies in `window.bench`. */
export function install() {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(null);
  }));
  const until = (test) => new Promise((resolve) => {
    if (test()) return resolve();
    const observer = new MutationObserver(() => {
      if (!test()) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  window.bench = {
    painted,
    until,
    /** Waits for the next click on a button and times what follows; `saved` is the text that the app shows then. */
    answer(key, saved) {
      return new Promise((resolve) => {
        addEventListener('click', async (event) => {
          const card = document.querySelector(`article[data-key="${key}"]`);
          const button = event.target.closest('button');
          const begun = event.timeStamp;
          await until(() => button.getAttribute('aria-pressed') === 'true');
          const pressed = (await painted()) - begun;
          await until(() => card.querySelector('[role=status]')?.textContent.includes(saved));
          resolve({ pressed, saved: (await painted()) - begun });
        }, { once: true, capture: true });
      });
    },
    frames: null,
    watchFrames() {
      const times = [];
      const on = { running: true };
      const tick = (now) => {
        times.push(now);
        if (on.running) requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      window.bench.frames = () => {
        on.running = false;
        return times.slice(1).map((time, index) => time - times[index]);
      };
    },
  };
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

export function line(name, values) {
  const ms = (value) => `${value.toFixed(1).padStart(7)} ms`;
  return `${name.padEnd(44)} p50 ${ms(quantile(values, 0.5))}   p95 ${ms(quantile(values, 0.95))}   max ${ms(Math.max(...values))}   n ${values.length}`;
}
