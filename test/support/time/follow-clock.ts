import type { VirtualClock } from "../../../local/clock/virtual-clock.ts";

/**
 * Makes the global timers follow a virtual clock, for libraries that know no
 * other, such as p-retry. Timers of Node's own modules, those of sockets for
 * instance, stay real, and so do those that vitest kept for itself.
 *
 * @returns puts the real ones back.
 */
export function followClock(clock: VirtualClock): () => void {
	const real = {
		setTimeout: globalThis.setTimeout,
		clearTimeout: globalThis.clearTimeout,
		now: performance.now,
	};
	const start = clock.now();
	const set = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
		const cancel = clock.after(ms, () => callback(...args));
		return { cancel, unref: () => {}, ref: () => {} };
	};
	const clear = (timer?: { cancel?: () => void }) => timer?.cancel?.();
	Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
	performance.now = () => clock.now() - start;
	return () => {
		Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
		performance.now = real.now;
	};
}
