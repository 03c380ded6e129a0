import type { Instance } from "./instance/instance.ts";

/** What a function used since the last reset. */
export interface FunctionUsage {
	readonly invocations: number;
	/** Instances that ran at some time since then. */
	readonly instances: number;
	/** Those that run now. */
	readonly running: number;
	/** Processor time of all of them, those that ended included. */
	readonly cpuMs: number;
}

/** Keeps account of one function's invocations and instances. */
export class UsageMeter {
	#invocations = 0;
	/** The living instances, with what they had used before the last reset. */
	readonly #living = new Map<Instance, number>();
	#ended = 0;
	#endedCpuMs = 0;

	invoked(): void {
		this.#invocations++;
	}

	started(instance: Instance): void {
		this.#living.set(instance, 0);
	}

	ended(instance: Instance): void {
		const before = this.#living.get(instance);
		if (before === undefined) return;
		this.#living.delete(instance);
		this.#ended++;
		this.#endedCpuMs += instance.cpuMs - before;
	}

	get usage(): FunctionUsage {
		let cpuMs = this.#endedCpuMs;
		for (const [instance, before] of this.#living) cpuMs += instance.cpuMs - before;
		return {
			invocations: this.#invocations,
			instances: this.#living.size + this.#ended,
			running: this.#living.size,
			cpuMs: Math.round(cpuMs),
		};
	}

	reset(): void {
		this.#invocations = 0;
		this.#ended = 0;
		this.#endedCpuMs = 0;
		for (const instance of this.#living.keys()) this.#living.set(instance, instance.cpuMs);
	}
}
