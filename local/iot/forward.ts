import type { Clock } from "../clock/clock.ts";
import type { Queues } from "../service.ts";
import { type Throttle, throttleOf } from "./http/throttle.ts";
import type { Device } from "./registry.ts";

export type MessageType = "status" | "upload" | "device_lifecycle";

/**
 * Server-side subscription to MNS (help.aliyun.com/document_detail/68948.html):
 * every message is wrapped as JSON with its payload in base64, and the body of
 * the MNS message is that JSON in base64 once more: the vendor's own consumers
 * read it with `getMessageBodyAsString`, which decodes it.
 */
export class Forwarder {
	readonly #queues: Queues;
	readonly #queue: string;
	readonly #clock: Clock;
	readonly #rate: Throttle | undefined;
	readonly #lost: (topic: string) => void;
	/** 64-bit ids, as text: a number would lose their last digits. */
	#nextId: bigint;

	/** @param perSecond messages a second of the subscription; `lost` is told of those above it. */
	constructor(
		queues: Queues,
		queue: string,
		clock: Clock,
		limit: { readonly perSecond: number | undefined; readonly lost: (topic: string) => void },
	) {
		this.#rate = throttleOf(limit.perSecond);
		this.#lost = limit.lost;
		this.#queues = queues;
		this.#queue = queue;
		this.#clock = clock;
		this.#nextId = BigInt(clock.now()) * 1_000_000n;
	}

	/** Durable when it returns, unless it is above the limit. */
	send(messageType: MessageType, topic: string, payload: string | Buffer): void {
		if (this.#rate?.take(this.#clock.now()) === false) {
			this.#lost(topic);
			return;
		}
		const wrapper = JSON.stringify({
			messageid: String(this.#nextId++),
			messagetype: messageType,
			topic,
			payload: Buffer.from(payload).toString("base64"),
			timestamp: Math.floor(this.#clock.now() / 1000),
		});
		this.#queues.send(this.#queue, Buffer.from(wrapper).toString("base64"));
	}

	/**
	 * The outcome of an asynchronous downlink message, the device's own reply as
	 * well as the platform's delivery failures
	 * (help.aliyun.com/document_detail/73736.html, "results of downstream commands").
	 * `code` and `data` are raw JSON text.
	 */
	reply(
		device: Device,
		reply: { requestId: string; code: string; message: string; data: string; topic: string },
	): void {
		const head = JSON.stringify({
			gmtCreate: this.#clock.now(),
			iotId: device.iotId,
			productKey: device.productKey,
			deviceName: device.deviceName,
			requestId: reply.requestId,
		}).slice(0, -1);
		const tail = JSON.stringify({ message: reply.message, topic: reply.topic }).slice(1, -1);
		this.send(
			"upload",
			`/${device.productKey}/${device.deviceName}/thing/downlink/reply/message`,
			`${head},"code":${reply.code},${tail},"data":${reply.data}}`,
		);
	}
}
