import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../shared/clock.ts";
import { Connection } from "../shared/table/tablestore/connection.ts";
import { createTables } from "../shared/table/tablestore/create-tables.ts";
import { Account } from "./account.ts";
import { ClockControl, startAdmin } from "./admin/index.ts";
import { keepTime } from "./clock/kept-time.ts";
import { VirtualClock } from "./clock/virtual-clock.ts";
import { type Fleet, startDevices } from "./devices/index.ts";
import { type FaultBoard, faultBoard } from "./faults/index.ts";
import { type FcService, startFc } from "./fc/index.ts";
import { loadIdentity } from "./identity.ts";
import { type IotOptions, type IotService, type Seed, seed, startIot } from "./iot/index.ts";
import { type MnsService, startMns } from "./mns/index.ts";
import type { LocalService, ServiceContext } from "./service.ts";
import { readStack } from "./stack/index.ts";
import { lockFolder } from "./store/lock.ts";
import { startTablestore, type TablestoreService } from "./tablestore/index.ts";

const REGION = "cn-shanghai";
const INSTANCE = "thingcast";
const QUEUES = { commands: "thingcast-commands", events: "thingcast-events" } as const;

export interface CloudOptions {
	/** Folder with s.yaml and the bundles. */
	readonly projectDir: string;
	/** Folder that everything is kept in. */
	readonly dataDir: string;
	/** First of seven ports in a row; 0 takes free ones. */
	readonly port: number;
	/** Number of simulated devices. */
	readonly devices: number;
	/** Calls of InvokeThingService a second. */
	readonly quotaPerSecond: number;
	readonly throttle?: IotOptions["throttle"];
	/**
	 * With a `VirtualClock` everything follows it, the functions' instances
	 * included, and it moves only when all that is under way has come to rest or
	 * waits for it. Requests are then taken with whatever date they were signed.
	 */
	readonly clock?: Clock;
	readonly random?: () => number;
	readonly log?: (line: string) => void;
	/** Variables for s.yaml's `${env(…)}`, before the local cloud's own. */
	readonly environment?: Readonly<Record<string, string>>;
}

/** What a client needs to know; written to `endpoints.json` in the data folder. */
export interface Endpoints {
	readonly http: string;
	readonly iot: string;
	readonly fc: string;
	readonly mns: string;
	readonly tablestore: string;
	readonly mqtt: string;
	/** Faults, timers and time by hand; the local cloud's own. */
	readonly admin: string;
	readonly instance: string;
	readonly accountId: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly apiKey: string;
	readonly queues: { readonly commands: string; readonly events: string };
	readonly devices: Seed["devices"];
}

export interface Cloud {
	readonly endpoints: Endpoints;
	readonly endpointsFile: string;
	readonly fc: FcService;
	readonly iot: IotService;
	readonly mns: MnsService;
	readonly tablestore: TablestoreService;
	readonly fleet: Fleet;
	/** What can go wrong on purpose, by name. */
	readonly faults: FaultBoard;
	close(): Promise<void>;
}

/**
 * Starts every service, in the order in which they need one another, and runs
 * the functions of s.yaml in them. If one does not start, those before it are
 * stopped again.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
	const running: Array<Pick<LocalService, "close">> = [];
	const close = async () => {
		for (const service of running.splice(0).reverse()) await service.close();
	};
	const started = async <T extends Pick<LocalService, "close">>(
		service: Promise<T>,
	): Promise<T> => {
		running.push(await service);
		return service;
	};
	try {
		running.push(lockFolder(options.dataDir));
		return { ...(await startServices(options, started)), close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function startServices(
	options: CloudOptions,
	started: <T extends Pick<LocalService, "close">>(service: Promise<T>) => Promise<T>,
): Promise<Omit<Cloud, "close">> {
	const { dataDir, port, projectDir } = options;
	const identity = loadIdentity(dataDir);
	const account = new Account(identity.accountId, REGION, identity);
	const clock = options.clock ?? systemClock;
	const virtualClock = clock instanceof VirtualClock ? clock : undefined;
	const random = options.random ?? Math.random;
	const context = (offset: number): ServiceContext => ({
		dataDir,
		port: port === 0 ? 0 : port + offset,
		clock,
		random,
		account,
		log: options.log ?? (() => {}),
	});

	const mns = await started(startMns(context(3)));
	for (const queue of Object.values(QUEUES)) mns.queues.ensure(queue);
	const tablestore = await started(startTablestore(context(4), { instance: INSTANCE }));
	const iot = await started(
		startIot(context(1), {
			mqttPort: port === 0 ? 0 : port + 5,
			queues: mns.queues,
			eventsQueue: QUEUES.events,
			quotaPerSecond: options.quotaPerSecond,
			...(virtualClock ? { maxSkewMs: Number.POSITIVE_INFINITY } : {}),
			...(options.throttle ? { throttle: options.throttle } : {}),
		}),
	);
	await prepareTables(tablestore.url, account);
	const seeded = seed(iot, options.devices);
	const stack = readStack(join(projectDir, "s.yaml"), {
		accountId: account.accountId,
		region: REGION,
		env: {
			API_KEYS: identity.apiKey,
			EXAMPLE_PRODUCT_KEY: seeded.productKey,
			EXAMPLE_DEVICE_NAME: seeded.devices[0]?.deviceName,
			...options.environment,
			FC_REGION: REGION,
			IOT_ENDPOINT: iot.url,
			TABLESTORE_ENDPOINT: tablestore.url,
			TABLESTORE_INSTANCE: INSTANCE,
			COMMANDS_QUEUE: QUEUES.commands,
			EVENTS_QUEUE: QUEUES.events,
		},
	});
	const fleet = await started(startDevices({ iot, clock, identities: seeded.devices }));
	const fc = await started(
		startFc(context(2), {
			stack,
			projectDir,
			httpPort: port,
			queues: mns.queues,
			virtualTime: virtualClock !== undefined,
		}),
	);
	virtualClock?.settleWith(() => atRest(fc, fleet));
	const faults = faultBoard({ stack, fc, tablestore, iot, fleet, clock, random });
	await started(Promise.resolve({ close: async () => faults.clear() }));
	const clockControl = new ClockControl(virtualClock, (now) => keepTime(dataDir, now));
	const admin = await started(
		startAdmin(port === 0 ? 0 : port + 6, {
			stack,
			fc,
			tablestore,
			iot,
			mns,
			fleet,
			faults,
			clock,
			clockControl,
		}),
	);

	const { accountId, accessKeyId, accessKeySecret, apiKey } = identity;
	const endpoints: Endpoints = {
		http: fc.httpUrl,
		iot: iot.url,
		fc: fc.url,
		mns: mns.url,
		tablestore: tablestore.url,
		mqtt: iot.mqttUrl,
		admin: admin.url,
		instance: INSTANCE,
		accountId,
		region: REGION,
		accessKeyId,
		accessKeySecret,
		apiKey,
		queues: QUEUES,
		devices: seeded.devices,
	};
	const endpointsFile = join(dataDir, "endpoints.json");
	writeFileSync(endpointsFile, `${JSON.stringify(endpoints, null, "\t")}\n`, { mode: 0o600 });
	return { endpoints, endpointsFile, fc, iot, mns, tablestore, fleet, faults };
}

/** Resolves when the functions are at rest or wait for the clock, and no device is still connecting. */
async function atRest(fc: FcService, fleet: Fleet): Promise<void> {
	do {
		await fc.settle();
	} while (fleet.dialing);
}

/** The same code as `npm run tables`, against the local Tablestore. */
async function prepareTables(endpoint: string, account: Account): Promise<void> {
	const connection = new Connection({
		endpoint,
		instance: INSTANCE,
		credentials: () => account.root,
		clock: systemClock,
		random: Math.random,
	});
	try {
		await createTables(connection);
	} finally {
		connection.close();
	}
}
