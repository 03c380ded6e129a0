import type { SimClock } from "./sim-clock.ts";

/** A timer handle as Node gives it, for packages that call `unref`. */
class Handle {
	readonly cancel: () => void;
	constructor(cancel: () => void) {
		this.cancel = cancel;
	}
	unref(): this {
		return this;
	}
	ref(): this {
		return this;
	}
}

/**
 * Puts published packages, which read the time and chance from global
 * functions, into virtual time. For a process that does nothing else.
 */
export function useVirtualGlobals(clock: SimClock, random: () => number): void {
	const clear = (handle: unknown) => {
		if (handle instanceof Handle) handle.cancel();
	};
	const startedAt = clock.now();
	Date.now = () => Math.floor(clock.now());
	performance.now = () => clock.now() - startedAt;
	Math.random = random;
	// Node's timers know whole milliseconds only, and wait one at least.
	const wait = (ms: number) => Math.ceil(clock.now()) + Math.max(1, Math.floor(ms)) - clock.now();
	const set = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
		new Handle(clock.after(wait(ms), () => callback(...args)));
	const every = (callback: () => void, ms: number) => {
		let cancel = () => {};
		const arm = () => {
			cancel = clock.after(wait(ms), () => {
				arm();
				callback();
			});
		};
		arm();
		return new Handle(() => cancel());
	};
	Object.assign(globalThis, {
		setTimeout: set,
		clearTimeout: clear,
		setInterval: every,
		clearInterval: clear,
	});
}
