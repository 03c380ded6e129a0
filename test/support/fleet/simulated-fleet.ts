import type { CallResult } from "../../../shared/iot/platform.ts";
import { refused, sent, takenTogether } from "../world/scripted-platform.ts";
import type { World } from "../world/world.ts";

const MODEL = JSON.stringify({
	services: [{ identifier: "Set", callType: "async", inputData: [] }],
});

interface Options {
	/** From a call to the device's reply. */
	readonly replyMs?: number;
	/** Replies that the platform hands over in a second, in batches of up to 100. */
	readonly repliesPerSecond?: number;
	readonly isOffline?: (deviceName: string) => boolean;
	/** What the device says to the nth message. @default 200 */
	readonly codeOf?: (nth: number) => number;
}

interface Reply {
	readonly at: number;
	readonly name: string;
	readonly id: string;
	readonly code: number;
}

const EVERY_MS = 100;

/** Devices of the product `pk` that answer; what each was sent is counted. */
export class SimulatedFleet {
	readonly received = new Map<string, number>();
	/** When calls were made and replies handed over. */
	readonly sentAt: number[] = [];
	lastReplyAt = 0;
	readonly #world: World;
	readonly #options: Required<Options>;
	readonly #replies: Reply[] = [];
	#messages = 0;
	#handing = false;

	constructor(world: World, options: Options = {}) {
		this.#world = world;
		this.#options = {
			replyMs: 500,
			repliesPerSecond: 1_000,
			isOffline: () => false,
			codeOf: () => 200,
			...options,
		};
		world.platform.models.set("pk", MODEL);
		world.platform.script = ({ device }) => this.#take(device.deviceName ?? "");
		world.platform.scriptTogether = ({ deviceNames }) => {
			for (const name of deviceNames) this.#take(name);
			return takenTogether;
		};
	}

	#take(name: string): CallResult {
		if (this.#options.isOffline(name)) return refused("iot.messagebroker.OFFLINE");
		const nth = ++this.#messages;
		const id = `m${nth}`;
		this.received.set(name, (this.received.get(name) ?? 0) + 1);
		this.sentAt.push(this.#world.clock.now());
		const at = this.#world.clock.now() + this.#options.replyMs;
		this.#replies.push({ at, name, id, code: this.#options.codeOf(nth) });
		this.#handOver();
		return sent(id);
	}

	/** As an event stream does: batches, at the pace of the platform. */
	#handOver(): void {
		if (this.#handing) return;
		this.#handing = true;
		this.#world.clock.after(EVERY_MS, () => {
			this.#handing = false;
			const now = this.#world.clock.now();
			const most = (this.#options.repliesPerSecond * EVERY_MS) / 1000;
			let count = 0;
			while (count < most && (this.#replies[count]?.at ?? Number.POSITIVE_INFINITY) <= now) count++;
			const due = this.#replies.splice(0, count);
			for (let at = 0; at < due.length; at += 100) this.#deliver(due.slice(at, at + 100));
			if (this.#replies.length > 0) this.#handOver();
		});
	}

	/** A batch that fails comes again. */
	#deliver(batch: readonly Reply[]): void {
		this.lastReplyAt = this.#world.clock.now();
		this.#world
			.hearsAll(
				batch.map(({ name, id, code }) => ({
					topic: `/pk/${name}/thing/downlink/reply/message`,
					payload: {
						iotId: `iot-${name}`,
						productKey: "pk",
						deviceName: name,
						requestId: id,
						code,
						message: code === 200 ? "success" : "refused",
						topic: `/sys/pk/${name}/thing/service/Set`,
						data: {},
					},
				})),
			)
			.catch(() => this.#world.clock.after(5_000, () => this.#deliver(batch)));
	}
}
