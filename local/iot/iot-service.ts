import { Counter } from "../counter.ts";
import { listenHttp } from "../http-server.ts";
import { type FaultChooser, noFault } from "../request-fault.ts";
import type { LocalService, Queues, ServiceContext } from "../service.ts";
import { fillDisk, openDatabase } from "../store/database.ts";
import { Downlink } from "./downlink.ts";
import { Forwarder } from "./forward.ts";
import { Groups } from "./groups.ts";
import { Api } from "./http/api.ts";
import { FaultPlan, type Faults } from "./http/faults.ts";
import { Nonces } from "./http/nonces.ts";
import { MAX_CLOCK_SKEW_MS } from "./http/signature.ts";
import type { ThrottleModel } from "./http/throttle.ts";
import { MessageIds } from "./message-ids.ts";
import { Broker } from "./mqtt/broker.ts";
import { Sessions } from "./mqtt/sessions.ts";
import { type AccountLimits, DEFAULT_MANY_DEVICES, type ManyDevices } from "./open-questions.ts";
import { Presence } from "./presence.ts";
import { type Device, type DeviceKeys, Registry } from "./registry.ts";
import { Uplink } from "./uplink.ts";

/** "The maximum timeout of a synchronous call is 5 seconds" (InvokeThingService, limits). */
const SYNC_TIMEOUT_MS = 5_000;
/** InvokeThingService: 500 calls per second and account. */
const QUOTA_PER_SECOND = 500;

export interface IotOptions {
	readonly mqttPort: number;
	readonly queues: Queues;
	/** Where replies, status changes, events and properties go. */
	readonly eventsQueue: string;
	/** Default 500. */
	readonly quotaPerSecond?: number;
	/** Default `token-bucket`. */
	readonly throttle?: ThrottleModel;
	/** Default 5000; newer pages of the vendor say 8 s. */
	readonly syncTimeoutMs?: number;
	/** Default 15 minutes. Where the clock runs ahead of the clients', give Infinity. */
	readonly maxSkewMs?: number;
	/** The account's enterprise instance, which every call then has to name. */
	readonly instanceId?: string | undefined;
	readonly manyDevices?: Partial<ManyDevices> | undefined;
	readonly limits?: AccountLimits | undefined;
	readonly faults?: Faults;
}

/** What a device logs in with. */
export interface DeviceIdentity {
	readonly productKey: string;
	readonly deviceName: string;
	readonly deviceSecret: string;
	readonly iotId: string;
}

interface DeviceLogin {
	readonly productKey: string;
	readonly deviceName: string;
	/** The MQTT client id without its extension. */
	readonly clientId: string;
}

export interface IotService extends LocalService {
	/** `mqtt://127.0.0.1:PORT` */
	readonly mqttUrl: string;
	/** Signed requests by operation. */
	readonly requests: Counter;
	/** Creates the product with this thing model, or finds the one of that name as it is. @returns its ProductKey. */
	ensureProduct(productName: string, tsl: string, productKey?: string): string;
	/** Registers the device, or finds the one of that name; a new one gets `keys`, or random ones. */
	ensureDevice(productKey: string, deviceName: string, keys?: DeviceKeys): DeviceIdentity;
	/** The services of a product, by their identifiers. */
	servicesOf(productKey: string): Array<{ identifier: string; callType: "async" | "sync" }>;
	/** Names of the devices whose answer a synchronous call waits for. */
	calledDevices(): readonly string[];
	/** Calls `listener` at every login of a device; the returned function ends that. */
	onLogin(listener: (login: DeviceLogin) => void): () => void;
	/** Changes what goes wrong on purpose; `{}` ends it. */
	setFaults(faults: Faults): void;
	/** From now on asks `choose` for every request, besides what `setFaults` says. */
	injectFaults(choose?: FaultChooser): void;
	/** Whether nothing can be written any more. */
	fillDisk(full: boolean): void;
	/** Resets every MQTT connection. */
	dropMqtt(): void;
}

export async function startIot(context: ServiceContext, options: IotOptions): Promise<IotService> {
	const { clock, account, log } = context;
	const db = openDatabase(context.dataDir, "iot");
	const registry = new Registry(db, clock);
	const { limits = {} } = options;
	options.queues.ensure(options.eventsQueue);
	const forwarder = new Forwarder(options.queues, options.eventsQueue, clock, {
		perSecond: limits.subscriptionPerSecond,
		lost: (topic) =>
			log(
				`iot: above ${limits.subscriptionPerSecond} messages/s of the subscription, lost: ${topic}`,
			),
	});
	const presence = new Presence(registry, forwarder, clock);
	const loginListeners = new Set<(login: DeviceLogin) => void>();

	const broker = new Broker(registry, new Sessions(db), {
		connected(device, clientIp, clientId) {
			presence.online(device, clientIp);
			const { productKey, deviceName } = device;
			for (const listener of loginListeners) listener({ productKey, deviceName, clientId });
		},
		disconnected: (device, clientIp) => presence.offline(device, clientIp),
		published: (device, topic, payload) => uplink.receive(device, topic, payload),
		failed: (error) => log(`iot: ${String(error)}`),
	});
	const downlink = new Downlink({
		registry,
		broker,
		forwarder,
		ids: new MessageIds(db, "next-message-id", context.random() * 2 ** 31),
		clock,
		syncTimeoutMs: options.syncTimeoutMs ?? SYNC_TIMEOUT_MS,
		perSecond: limits.downlinkPerSecond,
	});
	const uplink = new Uplink({
		registry,
		broker,
		downlink,
		forwarder,
		clock,
		log,
		perSecond: limits.devicePerSecond,
	});
	presence.recover();

	const maxSkewMs = options.maxSkewMs ?? MAX_CLOCK_SKEW_MS;
	const faults = new FaultPlan(options.faults ?? {}, context.random, clock);
	const requests = new Counter();
	let chooseFault = noFault;
	const api = new Api({
		platform: {
			registry,
			groups: new Groups(registry, clock),
			broker,
			downlink,
			clock,
			account,
			instanceId: options.instanceId,
			manyDevices: { ...DEFAULT_MANY_DEVICES, ...options.manyDevices },
		},
		signature: {
			account,
			nonces: new Nonces(Math.min(maxSkewMs, MAX_CLOCK_SKEW_MS)),
			maxSkewMs,
		},
		faults,
		chooseFault: (operation) => chooseFault(operation),
		throttle: options.throttle ?? "token-bucket",
		quotaPerSecond: options.quotaPerSecond ?? QUOTA_PER_SECOND,
		log,
		requests,
	});
	const mqttUrl = await broker.listen(options.mqttPort);
	const http = await listenHttp(context.port, api.handle);

	return {
		url: http.url,
		mqttUrl,
		requests,
		ensureProduct(productName, tsl, productKey) {
			const known = registry.productByName(productName);
			if (known) return known.productKey;
			const product = registry.createProduct({
				productName,
				...(productKey ? { productKey } : {}),
			});
			registry.importModel(product, tsl);
			return product.productKey;
		},
		ensureDevice: (productKey, deviceName, keys) =>
			identity(
				registry.device(productKey, deviceName) ??
					registry.registerDevice(productKey, deviceName, "", keys),
			),
		servicesOf: (productKey) =>
			[...(registry.product(productKey)?.models ?? [])].flatMap(([id, { model }]) =>
				[...model.services.values()]
					.filter(({ method }) => !method.startsWith("thing.service.property."))
					.map(({ identifier, callType }) => ({
						identifier: id === "" ? identifier : `${id}:${identifier}`,
						callType,
					})),
			),
		calledDevices: () => downlink.calledDevices(),
		onLogin(listener) {
			loginListeners.add(listener);
			return () => loginListeners.delete(listener);
		},
		setFaults: (wanted) => faults.set(wanted),
		injectFaults(choose = noFault) {
			chooseFault = choose;
		},
		fillDisk: (full) => fillDisk(db, full),
		dropMqtt: () => broker.dropAll(),
		async close() {
			await http.close();
			downlink.close();
			await broker.close();
			db.close();
		},
	};
}

function identity(device: Device): DeviceIdentity {
	const { productKey, deviceName, deviceSecret, iotId } = device;
	return { productKey, deviceName, deviceSecret, iotId };
}
