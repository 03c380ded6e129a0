import Mns from "@alicloud/mns";
import type { Endpoints } from "../../local/index.ts";
import type { ChaosDevice } from "./chaos-device.ts";

/** Something that was asked for, known by the mark that its command carries. */
export interface Intent {
	readonly mark: string;
	readonly door: string;
	/** Whether thingcast, the queue or the broker said that it has it. */
	acknowledged: boolean;
	cancelAsked?: boolean;
}

const EXPIRES_IN_SECONDS = 900;
const REPLY_TIMEOUT_SECONDS = 6;

/** Every way in, each with the doubling that its callers may cause. */
export class Doors {
	readonly #endpoints: Endpoints;
	readonly #mns: InstanceType<typeof Mns>;
	readonly #random: () => number;

	constructor(endpoints: Endpoints, random: () => number) {
		const { accountId, accessKeyId, accessKeySecret, mns } = endpoints;
		this.#endpoints = endpoints;
		this.#random = random;
		this.#mns = new Mns(accountId, { accessKeyId, accessKeySecret, endpoint: mns });
	}

	async prepare(): Promise<void> {
		await this.#post("/v1/reactions", {
			when: { source: "event", identifier: "alarm" },
			do: { ...template("{% value.reason %}"), device: undefined },
			maxDepth: 100,
			loopWindowSeconds: 1,
		});
	}

	/** The same request up to three times under one key, and again while it is answered with 5xx. */
	async http(intent: Intent, device: ChaosDevice): Promise<void> {
		const ids = await Promise.all(
			Array.from({ length: this.#times() }, () =>
				this.#post("/v1/commands", { ...template(intent.mark), device: device.name }, intent.mark),
			),
		);
		intent.acknowledged = ids.some((id) => id !== undefined);
		const [id] = ids.filter((one) => one !== undefined);
		if (id === undefined || this.#random() > 0.1) return;
		intent.cancelAsked = true;
		await this.#post(`/v1/commands/${id}/cancel`, undefined);
	}

	async queue(intent: Intent, device: ChaosDevice): Promise<void> {
		const body = { ...template(intent.mark), device: device.name, idempotencyKey: intent.mark };
		const MessageBody = Buffer.from(JSON.stringify(body)).toString("base64");
		for (let time = this.#times(); time > 0; time--) {
			await this.#mns.sendMessage(this.#endpoints.queues.commands, { MessageBody });
		}
		intent.acknowledged = true;
	}

	async schedule(intent: Intent, device: ChaosDevice): Promise<void> {
		const at = new Date(Date.now() + 2_000 + this.#random() * 8_000).toISOString().slice(0, 19);
		const id = await this.#post(
			"/v1/schedules",
			{
				when: { at, timeZone: "UTC" },
				command: { ...template(intent.mark), device: device.name },
				missed: { within: 3_600, run: "latest" },
			},
			intent.mark,
		);
		intent.acknowledged = id !== undefined;
	}

	async reaction(intent: Intent, device: ChaosDevice): Promise<void> {
		await device.postAlarm(intent.mark);
		intent.acknowledged = true;
	}

	#times(): number {
		const fate = this.#random();
		if (fate < 0.7) return 1;
		return fate < 0.85 ? 2 : 3;
	}

	/** @returns the id of what it made; undefined if it was refused, or not answered for a while. */
	async #post(path: string, body: object | undefined, key?: string): Promise<string | undefined> {
		const { http, apiKey } = this.#endpoints;
		const headers = {
			authorization: `Bearer ${apiKey}`,
			...(key === undefined ? {} : { "idempotency-key": key }),
			...(body === undefined ? {} : { "content-type": "application/json" }),
		};
		const init = { method: "POST", headers, ...(body ? { body: JSON.stringify(body) } : {}) };
		for (let attempt = 0; attempt < 5; attempt++) {
			try {
				const response = await fetch(`${http}${path}`, {
					...init,
					signal: AbortSignal.timeout(10_000),
				});
				const answer = (await response.json()) as { id?: string };
				if (response.ok) return answer.id;
				if (response.status < 500) return undefined;
			} catch {
				// Its instance was killed: whether it was taken is not known, so it is asked again.
			}
			await new Promise((resolve) => setTimeout(resolve, 200));
		}
		return undefined;
	}
}

const template = (mark: string) => ({
	service: "Set",
	args: { name: mark },
	expiresIn: EXPIRES_IN_SECONDS,
	replyTimeout: REPLY_TIMEOUT_SECONDS,
});
