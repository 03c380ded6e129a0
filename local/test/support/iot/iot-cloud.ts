import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type iotModule from "@alicloud/iot20180120";
import { InvokeThingServiceRequest } from "@alicloud/iot20180120";
import { Config } from "@alicloud/openapi-client";
import { Account, type Credentials } from "../../../account.ts";
import { VirtualClock } from "../../../clock/virtual-clock.ts";
import { type Fleet, startDevices } from "../../../devices/index.ts";
import { type IotOptions, type IotService, type Seed, seed, startIot } from "../../../iot/index.ts";
import { RecordedQueues } from "./recorded-queues.ts";

/** npm `@alicloud/pop-core` has no usable types of its own under NodeNext. */
interface PopCore {
	request<T = Record<string, unknown>>(
		action: string,
		params: Record<string, unknown>,
		options?: Record<string, unknown>,
	): Promise<T>;
}

const require = createRequire(import.meta.url);
// Required, not imported: test runner and Node disagree on the default export of such a package.
const sdk = require("@alicloud/iot20180120") as typeof iotModule;
const PopCoreClient = require("@alicloud/pop-core") as new (
	config: Record<string, unknown>,
) => PopCore;

export type IotClient = InstanceType<typeof sdk.default>;
type Runtime = Parameters<IotClient["invokeThingServiceWithOptions"]>[1];

export interface IotCloud {
	readonly account: Account;
	readonly clock: VirtualClock;
	readonly queues: RecordedQueues;
	readonly dataDir: string;
	iot: IotService;
	seed: Seed;
	fleet: Fleet;
	/** npm `@alicloud/iot20180120`: ACS3-HMAC-SHA256. */
	sdk(credentials?: Partial<Credentials>): IotClient;
	/** npm `@alicloud/pop-core`: RPC style, HMAC-SHA1. */
	pop(credentials?: Partial<Credentials>): PopCore;
	/** InvokeThingService through the SDK, on the sample device of that number. */
	invoke(
		identifier: string,
		args?: string,
		more?: { device?: number; queries?: Record<string, string> },
	): ReturnType<IotClient["invokeThingService"]>;
	restart(options?: Partial<IotOptions>): Promise<void>;
	close(): Promise<void>;
}

export const TEST_ACCOUNT = {
	id: "1234567890123456",
	region: "cn-shanghai",
	credentials: { accessKeyId: "LTAI5tTestKey", accessKeySecret: "test-secret" },
} as const;

/** The platform with its sample product, in virtual time that starts now: the SDKs sign with the real time. */
export async function startIotCloud(
	options: Partial<IotOptions> & { devices?: number; online?: boolean } = {},
): Promise<IotCloud> {
	const { devices: deviceCount = 2, online = true, ...iotOptions } = options;
	const { id, region, credentials } = TEST_ACCOUNT;
	const account = new Account(id, region, credentials);
	const clock = new VirtualClock(Date.now());
	const queues = new RecordedQueues();
	const dataDir = await mkdtemp(join(tmpdir(), "thingcast-iot-"));
	const start = async (more: Partial<IotOptions>) => {
		const iot = await startIot(
			{ dataDir, port: 0, clock, random: Math.random, account, log: () => {} },
			{ mqttPort: 0, queues, eventsQueue: "events", ...iotOptions, ...more },
		);
		const seeded = seed(iot, deviceCount);
		const identities = online ? seeded.devices : [];
		return { iot, seed: seeded, fleet: await startDevices({ iot, clock, identities }) };
	};
	const stop = async () => {
		await cloud.fleet.close();
		await cloud.iot.close();
	};
	let client: IotClient;
	const cloud: IotCloud = {
		account,
		clock,
		queues,
		dataDir,
		...(await start({})),
		sdk: (given) => {
			const { accessKeyId, accessKeySecret, securityToken } = { ...credentials, ...given };
			return new sdk.default(
				new Config({
					accessKeyId,
					accessKeySecret,
					...(securityToken ? { securityToken, type: "sts" } : {}),
					endpoint: new URL(cloud.iot.url).host,
					protocol: "http",
				}),
			);
		},
		pop: (given) =>
			new PopCoreClient({
				...credentials,
				...given,
				endpoint: cloud.iot.url,
				apiVersion: "2018-01-20",
			}),
		invoke(identifier, args = "{}", { device = 0, queries } = {}) {
			const { productKey, deviceName } = deviceAt(cloud.seed, device);
			const request = new InvokeThingServiceRequest({
				productKey,
				deviceName,
				identifier,
				args,
			});
			// The SDK reads its options by name; its timeouts run in real time, which a busy machine stretches.
			const runtime = {
				readTimeout: 20_000,
				connectTimeout: 20_000,
				...(queries ? { extendsParameters: { queries } } : {}),
			};
			return client.invokeThingServiceWithOptions(request, runtime as unknown as Runtime);
		},
		async restart(more = {}) {
			await stop();
			Object.assign(cloud, await start(more));
			client = cloud.sdk();
		},
		async close() {
			await stop();
			await rm(dataDir, { recursive: true, force: true });
		},
	};
	client = cloud.sdk();
	return cloud;
}

export function deviceAt(seeded: Seed, index: number): Seed["devices"][number] {
	const device = seeded.devices[index];
	if (!device) throw new Error(`there is no sample device ${index}`);
	return device;
}
