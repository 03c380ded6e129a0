import { Readable } from "node:stream";
import type { Db } from "../../store/database.ts";
import { matches } from "./topics.ts";

interface Identified {
	readonly id: string;
}

interface Subscription {
	readonly topic: string;
	readonly qos: number;
}

interface StoredPacket {
	readonly cmd: "publish";
	readonly brokerId: string;
	readonly brokerCounter: number;
	readonly topic: string;
	readonly payload: Buffer;
	readonly qos: number;
	readonly retain: boolean;
	dup: boolean;
	messageId?: number;
	/** Row of the table. */
	readonly seq: number;
}

type PublishPacket = Pick<StoredPacket, "topic" | "payload"> & {
	readonly brokerId?: string;
	readonly brokerCounter?: number;
	messageId?: number;
};

/** Stands in a stored packet where aedes puts the broker's own id. */
const STORED = "stored";

/**
 * The MQTT sessions of devices that connect with CleanSession = 0: their
 * subscriptions, and the QoS 1 messages that they have not acknowledged. Both
 * are in SQLite, so that a session outlives the broker. This is aedes's
 * persistence interface, as far as a broker needs it that knows neither
 * retained messages nor wills nor QoS 2: IoT Platform supports none of them
 * (help.aliyun.com/document_detail/30540.html). The id of a client is the
 * device's iotId.
 */
export class Sessions {
	readonly #db: Db;
	readonly #subscriptions = new Map<string, Map<string, Subscription>>();
	readonly #outgoing = new Map<string, StoredPacket[]>();

	constructor(db: Db) {
		this.#db = db;
		const subscriptions = db.prepare("SELECT * FROM subscriptions").all() as Array<{
			iot_id: string;
			topic: string;
			qos: number;
		}>;
		for (const { iot_id, topic, qos } of subscriptions) {
			this.#subscriptionsOf(iot_id).set(topic, { topic, qos });
		}
		const packets = db.prepare("SELECT * FROM undelivered ORDER BY seq").all() as Array<{
			seq: number;
			iot_id: string;
			topic: string;
			payload: Uint8Array;
		}>;
		for (const { seq, iot_id, topic, payload } of packets) {
			this.#outgoingOf(iot_id).push(stored(seq, { topic, payload: Buffer.from(payload) }));
		}
	}

	/** The QoS at which the stored session subscribes to `topic`; undefined if it does not. */
	qosFor(iotId: string, topic: string): number | undefined {
		let best: number | undefined;
		for (const subscription of this.#subscriptions.get(iotId)?.values() ?? []) {
			if (subscription.qos > (best ?? -1) && matches(subscription.topic, topic)) {
				best = subscription.qos;
			}
		}
		return best;
	}

	/** Keeps a QoS 1 message until the device has acknowledged it. */
	enqueue(iotId: string, packet: PublishPacket): void {
		const { lastInsertRowid } = this.#db
			.prepare("INSERT INTO undelivered (iot_id, topic, payload) VALUES (?, ?, ?)")
			.run(iotId, packet.topic, packet.payload);
		this.#outgoingOf(iotId).push(stored(Number(lastInsertRowid), packet));
	}

	forget(iotId: string): void {
		this.#db.prepare("DELETE FROM subscriptions WHERE iot_id = ?").run(iotId);
		this.#db.prepare("DELETE FROM undelivered WHERE iot_id = ?").run(iotId);
		this.#subscriptions.delete(iotId);
		this.#outgoing.delete(iotId);
	}

	// What follows is called by aedes.

	async setup(): Promise<void> {}

	async subscriptionsByClient(client: Identified): Promise<Subscription[]> {
		return [...(this.#subscriptions.get(client.id)?.values() ?? [])];
	}

	async addSubscriptions(client: Identified, subscriptions: Subscription[]): Promise<void> {
		const insert = this.#db.prepare("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)");
		for (const { topic, qos } of subscriptions) {
			if (qos > 2) continue; // refused with 128
			insert.run(client.id, topic, qos);
			this.#subscriptionsOf(client.id).set(topic, { topic, qos });
		}
	}

	async removeSubscriptions(client: Identified, topics: string[]): Promise<void> {
		const remove = this.#db.prepare("DELETE FROM subscriptions WHERE iot_id = ? AND topic = ?");
		for (const topic of topics) {
			remove.run(client.id, topic);
			this.#subscriptions.get(client.id)?.delete(topic);
		}
	}

	/** A connection with CleanSession = 1 ends whatever session there was. */
	async cleanSubscriptions(client: Identified): Promise<void> {
		this.forget(client.id);
	}

	async outgoingEnqueue(client: { clientId: string }, packet: PublishPacket): Promise<void> {
		this.enqueue(client.clientId, packet);
	}

	async outgoingUpdate(client: Identified, packet: PublishPacket): Promise<void> {
		const found = this.#outgoingOf(client.id).find(
			(candidate) =>
				candidate.brokerId === packet.brokerId && candidate.brokerCounter === packet.brokerCounter,
		);
		if (!found) throw new Error("no such packet");
		if (packet.messageId !== undefined) found.messageId = packet.messageId;
		found.dup = true; // for the next time, if the acknowledgement does not come
	}

	async outgoingClearMessageId(
		client: Identified,
		packet: { messageId?: number },
	): Promise<StoredPacket | undefined> {
		const queue = this.#outgoingOf(client.id);
		const index = queue.findIndex((candidate) => candidate.messageId === packet.messageId);
		if (index < 0) return undefined;
		const [acknowledged] = queue.splice(index, 1);
		if (acknowledged) {
			this.#db.prepare("DELETE FROM undelivered WHERE seq = ?").run(acknowledged.seq);
		}
		return acknowledged;
	}

	/** A new connection numbers its packets anew. */
	outgoingStream(client: Identified): Readable {
		const queue = this.#outgoingOf(client.id);
		for (const packet of queue) delete packet.messageId;
		return Readable.from([...queue]);
	}

	async subscriptionsByTopic(): Promise<never[]> {
		return []; // devices do not receive from one another
	}

	async outgoingEnqueueCombi(): Promise<void> {}
	async storeRetained(): Promise<void> {}
	createRetainedStreamCombi(): Readable {
		return Readable.from([]);
	}
	async cleanIncoming(): Promise<void> {}
	async putWill(): Promise<void> {}
	async delWill(): Promise<void> {}
	streamWill(): Readable {
		return Readable.from([]);
	}

	#subscriptionsOf(iotId: string): Map<string, Subscription> {
		const found = this.#subscriptions.get(iotId) ?? new Map<string, Subscription>();
		this.#subscriptions.set(iotId, found);
		return found;
	}

	#outgoingOf(iotId: string): StoredPacket[] {
		const found = this.#outgoing.get(iotId) ?? [];
		this.#outgoing.set(iotId, found);
		return found;
	}
}

function stored(seq: number, packet: PublishPacket): StoredPacket {
	return {
		cmd: "publish",
		brokerId: packet.brokerId ?? STORED,
		brokerCounter: packet.brokerCounter ?? seq,
		topic: packet.topic,
		payload: packet.payload,
		qos: 1,
		retain: false,
		dup: false,
		seq,
	};
}
