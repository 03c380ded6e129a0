import * as z from "zod";
import type { Clock } from "../clock/clock.ts";
import type { FaultKind } from "./kind.ts";

/** A fault by its name, with what its kind takes. */
export interface FaultRequest {
	readonly fault: string;
	readonly seconds?: number;
	readonly [parameter: string]: unknown;
}

export interface Fault {
	readonly fault: string;
	readonly detail: string;
	/** Milliseconds since the epoch; absent if it lasts until it is cleared, or was over at once. */
	readonly endsAt?: number;
}

/** A request for a fault that cannot be carried out, with what is wrong with it. */
export class FaultRefused extends Error {}

interface Going extends Fault {
	readonly end: () => void;
}

/** Everything that goes wrong on purpose, by name. */
export class FaultBoard {
	readonly kinds: readonly FaultKind[];
	readonly #clock: Clock;
	readonly #going = new Map<string, Going>();

	constructor(kinds: readonly FaultKind[], clock: Clock) {
		this.kinds = kinds;
		this.#clock = clock;
	}

	/** Those that last. */
	get active(): readonly Fault[] {
		return [...this.#going.values()].map(({ end: _, ...fault }) => fault);
	}

	/**
	 * Starts a fault. One that is going on under the same name ends first.
	 * @throws FaultRefused
	 */
	async start(request: FaultRequest): Promise<Fault> {
		const { fault: name, ...given } = request;
		const kind = this.kinds.find((candidate) => candidate.name === name);
		if (!kind) {
			const known = this.kinds.map((candidate) => candidate.name).join(", ");
			throw new FaultRefused(`there is no fault "${name}"; there are: ${known}`);
		}
		this.end(name);
		const { detail, end, seconds } = await kind.start(given).catch((error: unknown) => {
			throw asRefusal(kind, error);
		});
		if (!end) return { fault: name, detail };
		const ms = (seconds ?? 0) * 1_000;
		const cancel = seconds === undefined ? undefined : this.#clock.after(ms, () => this.end(name));
		const fault: Fault = {
			fault: name,
			detail,
			...(seconds === undefined ? {} : { endsAt: this.#clock.now() + ms }),
		};
		const endOnce = () => {
			cancel?.();
			end();
		};
		this.#going.set(name, { ...fault, end: endOnce });
		return fault;
	}

	/** @returns whether it was going on. */
	end(name: string): boolean {
		const going = this.#going.get(name);
		this.#going.delete(name);
		going?.end();
		return going !== undefined;
	}

	/** From now on everything goes well. */
	clear(): void {
		for (const name of [...this.#going.keys()]) this.end(name);
	}
}

function asRefusal(kind: FaultKind, error: unknown): unknown {
	if (!(error instanceof z.ZodError)) return error;
	const wrong = error.issues.map(
		({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`,
	);
	const takes = kind.takes.length > 0 ? kind.takes.join(", ") : "nothing else";
	return new FaultRefused(`${wrong.join("; ")}. "${kind.name}" takes ${takes}`);
}
