import { cpus } from "node:os";
import { systemClock } from "../../clock/clock.ts";

/** Shorter spans say little: the kernel counts in ticks of 10 ms. */
const SPAN_MS = 100;
/** Busier than this, another process would only make the others slower. */
const FULL_SHARE = 0.8;

/** Whether this machine's processors still have time left. In real time, because it is about the machine. */
export class ProcessorWatch {
	#at = Number.NEGATIVE_INFINITY;
	#before = { busy: 0, all: 0 };
	#share = 0;

	get full(): boolean {
		const now = systemClock.now();
		if (now - this.#at >= SPAN_MS) {
			const counted = count();
			const all = counted.all - this.#before.all;
			// The first look has only the time since the machine was started to go by.
			const first = this.#at === Number.NEGATIVE_INFINITY;
			this.#share = first || all === 0 ? 0 : (counted.busy - this.#before.busy) / all;
			this.#before = counted;
			this.#at = now;
		}
		return this.#share > FULL_SHARE;
	}
}

function count(): { busy: number; all: number } {
	let idle = 0;
	let all = 0;
	for (const { times } of cpus()) {
		idle += times.idle;
		all += times.user + times.nice + times.sys + times.irq + times.idle;
	}
	return { busy: all - idle, all };
}
