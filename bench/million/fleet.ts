import type { Command } from "../../shared/command/command.ts";
import type { State } from "../../shared/command/state.ts";
import { idFromTime } from "../../shared/ids.ts";

/** So many devices have commands; each has the same number of them in a large store and in a small one. */
const COMMANDS_OF_A_DEVICE = 100;
const DUE = 10;
export const STEP_MS = 100;
export const START_MS = Date.UTC(2026, 0, 1);

/** Commands as a busy account has them: most have succeeded, hardly any is under way. */
export class Fleet {
	readonly #count: number;
	#turn = 0;

	constructor(count: number) {
		this.#count = count;
	}

	get endMs(): number {
		return START_MS + this.#count * STEP_MS;
	}

	/** Another one each time, all over the store. */
	someId(): string {
		this.#turn = (this.#turn + 7_919) % this.#count;
		return this.command(this.#turn).id;
	}

	someDevice(): string {
		return "a1Bench/device-3";
	}

	command(n: number): Command {
		const createdAt = START_MS + n * STEP_MS;
		const due = n < DUE;
		const state = due ? "accepted" : stateOf(n);
		return {
			id: idFromTime(createdAt, n),
			device: {
				productKey: "a1Bench",
				deviceName: `device-${n % Math.ceil(this.#count / COMMANDS_OF_A_DEVICE)}`,
			},
			service: "Set",
			args: '{"temperature":21,"mode":"eco"}',
			argsForm: "json",
			expiresIn: 30 * 86_400,
			replyTimeout: 60,
			onUnknown: "report",
			whenOffline: "fail",
			lane: "bulk",
			qos: 0,
			source: { type: "queue", ref: `message-${n}` },
			state,
			attempts: [{ at: createdAt, durationMs: 42, requestId: `request-${n}` }],
			attemptsOmitted: 0,
			createdAt,
			updatedAt: createdAt + 300,
			expiresAt: Date.UTC(2100, 0, 1),
			...(due ? { wakeAt: createdAt } : {}),
			...(state === "failed" ? { error: { code: "iot.device.InactiveDevice", message: "" } } : {}),
		};
	}
}

function stateOf(n: number): State {
	if (n % 10 === 1) return "failed";
	if (n % 10 === 2) return "timed_out";
	if (n % 10 === 3) return "canceled";
	return "succeeded";
}
