import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
	Aedes,
	type AuthenticateError,
	type Client,
	type PublishPacket,
	type Subscription,
} from "aedes";
import type { Device, Registry } from "../registry.ts";
import { checkLogin, type Login } from "./login.ts";
import type { Sessions } from "./sessions.ts";
import { matches, mayUse } from "./topics.ts";

export type Delivery =
	/** Handed to the connection (QoS 0), or kept until it is acknowledged (QoS 1). */
	| "sent"
	| "offline"
	/** Connected, but subscribed to nothing that matches: MQTT drops the message. */
	| "not-subscribed";

export interface BrokerEvents {
	readonly connected: (device: Device, clientIp: string, clientId: string) => void;
	readonly disconnected: (device: Device, clientIp: string) => void;
	/** A message that the device may publish; handled before it is acknowledged. */
	readonly published: (device: Device, topic: string, payload: Buffer) => void;
	/** One of the above has thrown. */
	readonly failed: (error: unknown) => void;
}

interface Connection {
	readonly client: Client;
	readonly login: Login;
	readonly ip: string;
	readonly subscriptions: Map<string, number>;
}

/** CONNACK return codes (MQTT 3.1.1, 3.2.2.3). */
const IDENTIFIER_REJECTED = 2;
const BAD_USER_NAME_OR_PASSWORD = 4;

/** An iotId takes the place of the client id; MQTT 3.1 would allow only 23 characters. */
const MAX_CLIENT_ID_CHARS = 256;
/** Messages of a client that arrive before its CONNACK is written. */
const MAX_EARLY_PACKETS = 1000;
const MAX_QOS = 1;

/** The MQTT side of the platform: who is connected, and what reaches whom. */
export class Broker {
	readonly #registry: Registry;
	readonly #sessions: Sessions;
	readonly #events: BrokerEvents;
	readonly #logins = new WeakMap<Client, Login | "malformed" | "refused">();
	readonly #connections = new Map<string, Connection>();
	/** A stored session's subscriptions come back before the connection is registered. */
	readonly #early = new WeakMap<Client, Map<string, number>>();
	readonly #sockets = new Set<Socket>();
	#aedes: Aedes | undefined;
	#server: Server | undefined;
	#closing = false;

	constructor(registry: Registry, sessions: Sessions, events: BrokerEvents) {
		this.#registry = registry;
		this.#sessions = sessions;
		this.#events = events;
	}

	/** @returns `mqtt://127.0.0.1:PORT` */
	async listen(port: number): Promise<string> {
		const aedes = await this.#createAedes();
		this.#aedes = aedes;
		// Without noDelay every second small packet waits for the peer's delayed acknowledgement, 40 ms.
		const server = createServer({ noDelay: true }, (socket) => {
			this.#sockets.add(socket);
			socket.on("close", () => this.#sockets.delete(socket));
			aedes.handle(socket);
		});
		this.#server = server;
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(port, "127.0.0.1", () => {
				server.off("error", reject);
				resolve();
			});
		});
		return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	async close(): Promise<void> {
		this.#closing = true;
		const stopped = new Promise<void>((resolve) => {
			if (this.#server) this.#server.close(() => resolve());
			else resolve();
		});
		for (const socket of this.#sockets) socket.destroy();
		await stopped;
		await new Promise<void>((resolve) => {
			if (this.#aedes) this.#aedes.close(resolve);
			else resolve();
		});
	}

	/** The device's open connection: its MQTT client id without the extension. */
	clientIdOf(device: Device): string | undefined {
		return this.#connections.get(device.iotId)?.login.clientId;
	}

	/** Whether the device has asked for its synchronous services on `/ext/rrpc/…`. */
	usesExtendedRrpc(device: Device): boolean {
		return this.#connections.get(device.iotId)?.login.extendedRrpc ?? false;
	}

	deliver(device: Device, topic: string, payload: string | Buffer, qos: 0 | 1): Delivery {
		const connection = this.#connections.get(device.iotId);
		const body = Buffer.from(payload);
		if (!connection) {
			const kept = this.#sessions.qosFor(device.iotId, topic);
			if (qos === 0 || kept === undefined || kept === 0) return "offline";
			this.#sessions.enqueue(device.iotId, { topic, payload: body });
			return "sent";
		}
		const granted = this.#grantedQos(connection, topic);
		if (granted === undefined) return "not-subscribed";
		const packet: PublishPacket = {
			cmd: "publish",
			topic,
			payload: body,
			qos: granted === 0 ? 0 : qos,
			dup: false,
			retain: false,
		};
		connection.client.publish(packet, () => {});
		return "sent";
	}

	/** Ends the device's connection; it may log in again. */
	disconnect(device: Device): void {
		this.#connections.get(device.iotId)?.client.close();
	}

	forget(device: Device): void {
		this.disconnect(device);
		this.#sessions.forget(device.iotId);
	}

	/** Ends every connection, as a network fault would. */
	dropAll(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	#grantedQos(connection: Connection, topic: string): number | undefined {
		let best = connection.login.implicitSubscriptions ? MAX_QOS : undefined;
		for (const [filter, qos] of connection.subscriptions) {
			if (qos > (best ?? -1) && matches(filter, topic)) best = qos;
		}
		return best;
	}

	async #createAedes(): Promise<Aedes> {
		const aedes = await Aedes.createBroker({
			persistence: this.#sessions,
			maxClientsIdLength: MAX_CLIENT_ID_CHARS,
			queueLimit: MAX_EARLY_PACKETS,
			preConnect: (client, packet, callback) => {
				const result = checkLogin(
					this.#registry,
					packet.clientId,
					packet.username,
					packet.password?.toString(),
				);
				this.#logins.set(client, result.ok ? result.login : result.reason);
				// One device has one connection, whatever its client id: this id is what aedes closes the older by.
				if (result.ok) packet.clientId = result.login.device.iotId;
				delete packet.will; // IoT Platform has no wills
				callback(null, true);
			},
			authenticate: (client, _username, _password, done) => {
				const login = this.#logins.get(client);
				if (typeof login !== "object") {
					done(refusal(login), null);
					return;
				}
				// aedes would close the older connection beside the new one's CONNACK; this way it is over by then.
				const older = this.#connections.get(login.device.iotId);
				if (older) older.client.close(() => done(null, true));
				else done(null, true);
			},
			authorizePublish: (client, packet, callback) => {
				callback(client ? this.#receive(client, packet) : null);
			},
			authorizeSubscribe: (client, subscription, callback) => {
				callback(null, this.#subscribe(client, subscription));
			},
			// Only what the platform itself sends reaches a device; what a device publishes carries its id.
			authorizeForward: (_client, packet) =>
				"clientId" in packet && packet.clientId !== undefined ? null : packet,
		});
		aedes.on("client", (client) => this.#opened(client));
		aedes.on("clientDisconnect", (client) => this.#closed(client));
		aedes.on("unsubscribe", (topics, client) => {
			for (const topic of topics) this.#own(client)?.subscriptions.delete(topic);
		});
		// A client's protocol error ends that client only.
		aedes.on("clientError", () => {});
		aedes.on("connectionError", () => {});
		return aedes;
	}

	#receive(client: Client, packet: PublishPacket): Error | null {
		const login = this.#logins.get(client);
		if (typeof login !== "object") return new Error("not logged in");
		const { device } = login;
		if (packet.qos > MAX_QOS) return new Error("QoS 2 is not supported");
		if (!mayUse(packet.topic, device.productKey, device.deviceName)) {
			return new Error(`${device.deviceName} may not publish to ${packet.topic}`);
		}
		// Unless it is handled it is not acknowledged: the connection ends, and the device sends it again.
		return this.#tell(() =>
			this.#events.published(device, packet.topic, Buffer.from(packet.payload)),
		)
			? null
			: new Error("the message could not be handled");
	}

	/** @returns null for a topic that is not the device's: SUBACK 128. */
	#subscribe(client: Client, subscription: Subscription): Subscription | null {
		const login = this.#logins.get(client);
		if (typeof login !== "object") return null;
		const { device } = login;
		if (!mayUse(subscription.topic, device.productKey, device.deviceName)) return null;
		const qos = Math.min(subscription.qos, MAX_QOS);
		const own = this.#own(client);
		if (own) own.subscriptions.set(subscription.topic, qos);
		else this.#restored(client).set(subscription.topic, qos);
		return subscription;
	}

	#restored(client: Client): Map<string, number> {
		const found = this.#early.get(client) ?? new Map<string, number>();
		this.#early.set(client, found);
		return found;
	}

	#own(client: Client): Connection | undefined {
		const connection = this.#connections.get(client.id);
		return connection?.client === client ? connection : undefined;
	}

	#opened(client: Client): void {
		const login = this.#logins.get(client);
		if (typeof login !== "object") return;
		const older = this.#connections.get(client.id);
		const ip = "remoteAddress" in client.conn ? (client.conn.remoteAddress ?? "") : "";
		this.#connections.set(client.id, {
			client,
			login,
			ip,
			subscriptions: this.#restored(client),
		});
		if (older) older.client.close();
		this.#tell(() => this.#events.connected(login.device, ip, login.clientId));
	}

	#closed(client: Client): void {
		const connection = this.#own(client);
		if (!connection) return;
		this.#connections.delete(client.id);
		// After a restart, whoever was connected is found offline: the same as after kill -9.
		if (this.#closing) return;
		this.#tell(() => this.#events.disconnected(connection.login.device, connection.ip));
	}

	/** aedes calls from where an exception would end the process. @returns whether `act` went well. */
	#tell(act: () => void): boolean {
		try {
			act();
			return true;
		} catch (error) {
			this.#events.failed(error);
			return false;
		}
	}
}

function refusal(reason: "malformed" | "refused" | undefined): AuthenticateError {
	return Object.assign(new Error(`login ${reason ?? "missing"}`), {
		returnCode: reason === "malformed" ? IDENTIFIER_REJECTED : BAD_USER_NAME_OR_PASSWORD,
	});
}
