import { existsSync } from "node:fs";
import { join } from "node:path";
import { Account } from "./account.ts";
import { ClockControl, startAdmin } from "./admin/index.ts";
import { type Clock, systemClock } from "./clock/clock.ts";
import { keepTime } from "./clock/kept-time.ts";
import { VirtualClock } from "./clock/virtual-clock.ts";
import { type Fleet, readScript, startDevices } from "./devices/index.ts";
import {
	type Endpoints,
	EndpointsFile,
	environmentOf,
	httpAddresses,
	type Services,
} from "./endpoints.ts";
import { type FaultBoard, faultBoard } from "./faults/index.ts";
import { type FcService, startFc } from "./fc/index.ts";
import { type Identity, loadIdentity, WELL_KNOWN_ACCOUNT } from "./identity.ts";
import { withInspector } from "./inspect.ts";
import { type IotOptions, type IotService, seed, startIot } from "./iot/index.ts";
import { type MnsService, startMns } from "./mns/index.ts";
import type { LocalService, ServiceContext } from "./service.ts";
import { readStack } from "./stack/index.ts";
import { lockFolder } from "./store/lock.ts";
import { startTablestore, type TablestoreService } from "./tablestore/index.ts";
import { reloadOnChange } from "./watch/reload.ts";

const REGION = "cn-shanghai";
const DEFAULT_DEVICES = 3;
const DEFAULT_QUOTA_PER_SECOND = 500;
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
	/** Whose keys open it; a new data folder gets a random account of its own unless one is given. */
	readonly account?: Identity;
	/** First of seven ports in a row; 0 takes free ones. @default 0 */
	readonly port?: number;
	/** Number of simulated devices. @default 3 */
	readonly devices?: number;
	/** A file that says what simulated devices answer and report. */
	readonly script?: string;
	/** Calls of InvokeThingService a second. @default 500 */
	readonly quotaPerSecond?: number;
	readonly throttle?: IotOptions["throttle"];
	/** What the vendor leaves open, and the account's limits beside the calls' own. */
	readonly platform?: Pick<IotOptions, "manyDevices" | "limits" | "instanceId" | "syncTimeoutMs">;
	/**
	 * With a `VirtualClock` everything follows it, the functions' instances
	 * included, and it moves only when all that is under way has come to rest or
	 * waits for it. Requests are then taken with whatever date they were signed.
	 */
	readonly clock?: Clock;
	readonly random?: () => number;
	/** An instance that was idle for this long is stopped, in milliseconds. @default 5 minutes */
	readonly idleInstanceMs?: number;
	readonly log?: (line: string) => void;
	/** Name of the Tablestore instance. @default "local" */
	readonly instance?: string;
	/** Names of the queues that exist from the start; what devices report goes to `events`. */
	readonly queues?: Endpoints["queues"];
	/** Called once the services run and before any function does, for instance to create tables. */
	readonly prepare?: (services: Services) => Promise<void>;
	/** Whether a function whose code changes is reloaded. @default false */
	readonly watch?: boolean;
	/** Functions, by their key under `resources`, whose instances open a port for a debugger. */
	readonly inspect?: readonly string[];
	/** Variables for s.yaml's `${env(…)}`; the local cloud's own come before them. */
	readonly environment?: (services: Services) => Readonly<Record<string, string | undefined>>;
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
	const { dataDir, port = 0, projectDir } = options;
	const { inspect = [], log = () => {} } = options;
	const stackFile = options.stackFile ?? join(projectDir, "s.yaml");
	if (!existsSync(stackFile)) {
		throw new Error(`${stackFile} does not exist: --stack names the s.yaml of a project`);
	}
	const identity = loadIdentity(dataDir, options.account);
	const endpointsFile = new EndpointsFile(dataDir);
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
		log,
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
			quotaPerSecond: options.quotaPerSecond ?? DEFAULT_QUOTA_PER_SECOND,
			...(virtualClock ? { maxSkewMs: Number.POSITIVE_INFINITY } : {}),
			...(options.throttle ? { throttle: options.throttle } : {}),
			...options.platform,
		}),
	);
	const seeded = seed(
		iot,
		options.devices ?? DEFAULT_DEVICES,
		identity.accessKeyId === WELL_KNOWN_ACCOUNT.accessKeyId,
	);
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
	const written = readStack(stackFile, {
		accountId: account.accountId,
		region: REGION,
		env: { ...options.environment?.(services), ...environmentOf(services) },
	});
	const stack = withInspector(written, inspect);
	const fleet = await started(
		startDevices({
			iot,
			clock,
			identities: seeded.devices,
			script: options.script === undefined ? undefined : readScript(options.script),
		}),
	);
	const fc = await started(
		startFc(context("fc"), {
			stack,
			projectDir,
			httpPort: port,
			queues: mns.queues,
			virtualTime: virtualClock !== undefined,
			localPorts: [iot, mns, tablestore].map(({ url }) => Number(new URL(url).port)),
			...(options.idleInstanceMs === undefined ? {} : { idleInstanceMs: options.idleInstanceMs }),
			// A frozen process would not answer its debugger.
			...(inspect.length > 0 ? { freezeIdleInstances: false } : {}),
		}),
	);
	if (options.watch) {
		const parts = { stack, projectDir, dataDir, fc, log };
		await started(Promise.resolve(reloadOnChange(parts)));
	}
	virtualClock?.settleWith(() => atRest(fc, iot, fleet));
	const faults = faultBoard({ stack, account, fc, tablestore, iot, mns, fleet, clock, random });
	await started(Promise.resolve({ close: async () => faults.clear() }));
	const clockControl = new ClockControl(virtualClock, (now) => keepTime(dataDir, now));
	const admin = await started(
		startAdmin(portOf("admin"), {
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

	const endpoints: Endpoints = {
		http: fc.httpUrl,
		functions: httpAddresses(stack, fc),
		fc: fc.url,
		admin: admin.url,
		...services,
	};
	endpointsFile.write(endpoints);
	return { endpoints, endpointsFile: endpointsFile.path, fc, iot, mns, tablestore, fleet, faults };
}

/** Resolves when the functions are at rest or wait for the clock, and no device is still connecting. */
async function atRest(fc: FcService, iot: IotService, fleet: Fleet): Promise<void> {
	const elsewhere = () => iot.calledDevices().some((name) => !fleet.simulates(name));
	do {
		await fc.settle({ elsewhere });
	} while (fleet.dialing);
}
