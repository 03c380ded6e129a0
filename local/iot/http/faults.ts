import type { Clock } from "../../clock/clock.ts";
import { GatewayError, PlatformError } from "../errors.ts";

/** When a fault strikes: before the call took effect, or after it did and only its answer is lost. */
type Stage = "before" | "after";

/** What goes wrong on purpose. Shares are between 0 and 1. */
export interface Faults {
	/** The operations concerned; all of them if absent. */
	readonly actions?: readonly string[];
	/** Added to every answer: evenly between two bounds, or log-normal by its median and 99th percentile. */
	readonly latencyMs?:
		| { readonly min: number; readonly max: number }
		| { readonly median: number; readonly p99: number };
	/**
	 * Answers with this code. Codes of the platform (`iot.…`) come as HTTP 200 with
	 * `Success: false`, all others as a gateway error of the given status.
	 */
	readonly errors?: ReadonlyArray<{
		readonly code: string;
		readonly share: number;
		readonly status?: number;
		readonly stage?: Stage;
	}>;
	/** Holds every call until this time of the clock. */
	readonly heldUntil?: number;
	/** Never answers. */
	readonly hang?: Share;
	/** Resets the connection (RST). */
	readonly reset?: Share;
	/** Breaks the answer off in its middle. */
	readonly truncate?: Share;
}

interface Share {
	readonly share: number;
	/** Default: after. */
	readonly stage?: Stage;
}

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.326;

export class FaultPlan {
	#faults: Faults;
	readonly #random: () => number;
	readonly #clock: Clock;

	constructor(faults: Faults, random: () => number, clock: Clock) {
		this.#faults = faults;
		this.#random = random;
		this.#clock = clock;
	}

	set(faults: Faults): void {
		this.#faults = faults;
	}

	/** Rolls the dice for one call. */
	forCall(action: string): CallFaults {
		const { actions } = this.#faults;
		const faults = actions && !actions.includes(action) ? {} : this.#faults;
		const strikes = (share: Share | undefined, stage: Stage) =>
			share !== undefined &&
			(share.stage ?? "after") === stage &&
			share.share > 0 &&
			this.#random() < share.share;
		return {
			delay: async () => {
				const heldMs = (faults.heldUntil ?? 0) - this.#clock.now();
				if (heldMs > 0) await this.#clock.sleep(heldMs);
				if (faults.latencyMs) await this.#clock.sleep(this.#latency(faults.latencyMs));
			},
			breakage: (stage) => {
				if (strikes(faults.hang, stage)) return "hang";
				if (strikes(faults.reset, stage)) return "reset";
				return undefined;
			},
			truncates: () => strikes(faults.truncate, "after") || strikes(faults.truncate, "before"),
			fail: (stage) => {
				for (const { code, share, status, stage: at } of faults.errors ?? []) {
					if ((at ?? "before") !== stage || this.#random() >= share) continue;
					throw failureOf({ code, status: status ?? 400, message: "This failure was asked for." });
				}
			},
		};
	}

	#latency(latency: NonNullable<Faults["latencyMs"]>): number {
		if ("min" in latency) return latency.min + this.#random() * (latency.max - latency.min);
		const sigma = Math.log(latency.p99 / latency.median) / Z99;
		// Box-Muller; 1 - random() is never 0
		const normal =
			Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
		return latency.median * Math.exp(sigma * normal);
	}
}

/** The platform's own codes come as HTTP 200 with `Success: false`. */
export function failureOf(failure: {
	readonly status: number;
	readonly code: string;
	readonly message: string;
}): PlatformError | GatewayError {
	const { status, code, message } = failure;
	return code.toLowerCase().startsWith("iot.")
		? new PlatformError(code, message)
		: new GatewayError(status, code, message);
}

export interface CallFaults {
	delay(): Promise<void>;
	breakage(stage: Stage): "hang" | "reset" | undefined;
	truncates(): boolean;
	/** @throws the error that was asked for, if the dice say so. */
	fail(stage: Stage): void;
}
