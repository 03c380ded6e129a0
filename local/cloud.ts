import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Account } from "./account.ts";
import { ClockControl, startAdmin } from "./admin/index.ts";
import { type Clock, systemClock } from "./clock/clock.ts";
import { keepTime } from "./clock/kept-time.ts";
import { VirtualClock } from "./clock/virtual-clock.ts";
import { type Fleet, startDevices } from "./devices/index.ts";
import { type FaultBoard, faultBoard } from "./faults/index.ts";
import { type FcService, startFc } from "./fc/index.ts";
import { loadIdentity } from "./identity.ts";
import { type IotOptions, type IotService, type Seed, seed, startIot } from "./iot/index.ts";
import { type MnsService, startMns } from "./mns/index.ts";
import type { LocalService, ServiceContext } from "./service.ts";
import { readStack, type Stack } from "./stack/index.ts";
import { lockFolder } from "./store/lock.ts";
import { startTablestore, type TablestoreService } from "./tablestore/index.ts";

const REGION = "cn-shanghai";
const DEFAULT_INSTANCE = "local";
const DEFAULT_QUEUES = { commands: "commands", events: "events" } as const;
/** Ports after the one of the first HTTP trigger. */
const PORT_OFFSETS = { iot: 1, fc: 2, mns: 3, tablestore: 4, mqtt: 5, admin: 6 } as const;

export interface CloudOptions {
	/** Folder that the `code` of s.yaml is relative to. */
	readonly projectDir: string;
	/** @default `s.yaml` in that folder */
	readonly stackFile?: string;
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
	/** Name of the Tablestore instance. @default "local" */
	readonly instance?: string;
	/** Names of the queues that exist from the start; what devices report goes to `events`. */
	readonly queues?: Endpoints["queues"];
	/** Called once the services run and before any function does, for instance to create tables. */
	readonly prepare?: (services: Services) => Promise<void>;
	/** Variables for s.yaml's `${env(…)}`; the local cloud's own come before them. */
	readonly environment?: (services: Services) => Readonly<Record<string, string | undefined>>;
}

/** What a client needs to know; written to `endpoints.json` in the data folder. */
export interface Endpoints {
	/** Address of the first function with an HTTP trigger; empty if there is none. */
	readonly http: string;
	/** Addresses of all HTTP triggers, by the function's key under `resources` in s.yaml. */
	readonly functions: Readonly<Record<string, { readonly http: string }>>;
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
	/** A random secret of this data folder, for the project's own use. */
	readonly apiKey: string;
	readonly queues: { readonly commands: string; readonly events: string };
	readonly devices: Seed["devices"];
}

/** What is known of the cloud before its functions run. */
export type Services = Omit<Endpoints, "http" | "functions" | "fc" | "admin">;

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
	const portOf = (name: keyof typeof PORT_OFFSETS) => (port === 0 ? 0 : port + PORT_OFFSETS[name]);
	const context = (name: keyof typeof PORT_OFFSETS): ServiceContext => ({
		dataDir,
		port: portOf(name),
		clock,
		random,
		account,
		log: options.log ?? (() => {}),
	});
	const queues = options.queues ?? DEFAULT_QUEUES;
	const instance = options.instance ?? DEFAULT_INSTANCE;

	const mns = await started(startMns(context("mns")));
	for (const queue of Object.values(queues)) mns.queues.ensure(queue);
	const tablestore = await started(startTablestore(context("tablestore"), { instance }));
	const iot = await started(
		startIot(context("iot"), {
			mqttPort: portOf("mqtt"),
			queues: mns.queues,
			eventsQueue: queues.events,
			quotaPerSecond: options.quotaPerSecond,
			...(virtualClock ? { maxSkewMs: Number.POSITIVE_INFINITY } : {}),
			...(options.throttle ? { throttle: options.throttle } : {}),
		}),
	);
	const seeded = seed(iot, options.devices);
	const services: Services = {
		iot: iot.url,
		mns: mns.url,
		tablestore: tablestore.url,
		mqtt: iot.mqttUrl,
		instance,
		accountId: identity.accountId,
		region: REGION,
		accessKeyId: identity.accessKeyId,
		accessKeySecret: identity.accessKeySecret,
		apiKey: identity.apiKey,
		queues,
		devices: seeded.devices,
	};
	await options.prepare?.(services);
	const stack = readStack(options.stackFile ?? join(projectDir, "s.yaml"), {
		accountId: account.accountId,
		region: REGION,
		env: { ...options.environment?.(services), ...environmentOf(services) },
	});
	const fleet = await started(startDevices({ iot, clock, identities: seeded.devices }));
	const fc = await started(
		startFc(context("fc"), {
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
		startAdmin(portOf("admin"), { stack, fc, fleet, faults, clock, clockControl }),
	);

	const endpoints: Endpoints = {
		http: fc.httpUrl,
		functions: httpAddresses(stack, fc),
		fc: fc.url,
		admin: admin.url,
		...services,
	};
	const endpointsFile = join(dataDir, "endpoints.json");
	writeFileSync(endpointsFile, `${JSON.stringify(endpoints, null, "\t")}\n`, { mode: 0o600 });
	return { endpoints, endpointsFile, fc, iot, mns, tablestore, fleet, faults };
}

/** What s.yaml's `${env(…)}` finds in every project. */
function environmentOf(services: Services): Record<string, string> {
	return {
		FC_REGION: services.region,
		IOT_ENDPOINT: services.iot,
		MNS_ENDPOINT: services.mns,
		TABLESTORE_ENDPOINT: services.tablestore,
		TABLESTORE_INSTANCE: services.instance,
		COMMANDS_QUEUE: services.queues.commands,
		EVENTS_QUEUE: services.queues.events,
	};
}

function httpAddresses(stack: Stack, fc: FcService): Endpoints["functions"] {
	return Object.fromEntries(
		stack.functions.flatMap(({ resource, functionName }) => {
			const http = fc.httpUrls[functionName];
			return http === undefined ? [] : [[resource, { http }]];
		}),
	);
}

/** Resolves when the functions are at rest or wait for the clock, and no device is still connecting. */
async function atRest(fc: FcService, fleet: Fleet): Promise<void> {
	do {
		await fc.settle();
	} while (fleet.dialing);
}
