import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "../../../account.ts";
import { type Clock, systemClock } from "../../../clock/clock.ts";
import { VirtualClock } from "../../../clock/virtual-clock.ts";
import { type MnsOptions, type MnsService, startMns } from "../../../mns/index.ts";
import { type MnsClient, OfficialClient } from "./client.ts";

export const account = new Account("1234567890123456", "cn-shanghai", {
	accessKeyId: "LTAI-local",
	accessKeySecret: "secret-of-the-local-account",
});

export function clientAt(url: string, credentials: object = account.root): MnsClient {
	return new OfficialClient(account.accountId, { endpoint: url, ...credentials });
}

export interface Running {
	readonly service: MnsService;
	readonly client: MnsClient;
	readonly dataDir: string;
	readonly clientFor: (options: object) => MnsClient;
	/** Closes the service and removes its data. */
	readonly stop: () => Promise<void>;
}

export async function run(clock: Clock = systemClock, options?: MnsOptions): Promise<Running> {
	const dataDir = mkdtempSync(join(tmpdir(), "thingcast-mns-"));
	const context = { dataDir, port: 0, clock, random: Math.random, account, log: () => undefined };
	const service = options ? await startMns(context, options) : await startMns(context);
	const clientFor = (credentials: object) => clientAt(service.url, credentials);
	return {
		service,
		client: clientFor(account.root),
		dataDir,
		clientFor,
		stop: async () => {
			await service.close();
			rmSync(dataDir, { recursive: true, force: true });
		},
	};
}

export async function runInVirtualTime(): Promise<Running & { readonly clock: VirtualClock }> {
	const clock = new VirtualClock();
	return { ...(await run(clock)), clock };
}

/** The service's error code of a call that must fail: the client puts it into the error's name. */
export async function refusal(call: Promise<unknown>): Promise<string> {
	try {
		await call;
	} catch (error) {
		return /^MNS(\w+?)Error$/.exec((error as Error).name)?.[1] ?? String(error);
	}
	throw new Error("the call was accepted");
}
