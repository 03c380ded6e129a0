import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account } from "../../../local/account.ts";
import { VirtualClock } from "../../../local/clock/virtual-clock.ts";
import { type MnsOptions, type MnsService, startMns } from "../../../local/mns/index.ts";
import { type Clock, systemClock } from "../../../shared/clock.ts";

/** What the official client offers; the package has no types of its own. */
export interface MnsClient {
	createQueue(name: string, attributes?: object): Promise<Answer<undefined>>;
	deleteQueue(name: string): Promise<Answer<undefined>>;
	listQueue(start?: string, limit?: number, prefix?: string): Promise<Answer<QueueEntry[]>>;
	getQueueAttributes(name: string): Promise<Answer<Record<string, string>>>;
	setQueueAttributes(name: string, attributes: object): Promise<Answer<undefined>>;
	sendMessage(queue: string, message: object): Promise<Answer<Message>>;
	batchSendMessage(queue: string, messages: object[]): Promise<Answer<Message[]>>;
	receiveMessage(queue: string, waitSeconds?: number): Promise<Answer<Message>>;
	batchReceiveMessage(queue: string, max: number, wait?: number): Promise<Answer<Message[]>>;
	peekMessage(queue: string): Promise<Answer<Message>>;
	batchPeekMessage(queue: string, max: number): Promise<Answer<Message[]>>;
	deleteMessage(queue: string, receiptHandle: string): Promise<Answer<undefined>>;
	batchDeleteMessage(queue: string, handles: string[]): Promise<Answer<Failure[] | undefined>>;
	changeMessageVisibility(queue: string, handle: string, seconds: number): Promise<Answer<Message>>;
	createTopic(name: string): Promise<Answer<undefined>>;
	publishMessage(topic: string, message: object): Promise<Answer<Message>>;
}
interface Answer<Body> {
	readonly code: number;
	readonly headers: Record<string, string>;
	readonly body: Body;
}
interface QueueEntry {
	readonly QueueURL: string;
}
interface Failure {
	readonly ErrorCode: string;
	readonly ReceiptHandle: string;
}
export interface Message {
	readonly MessageId: string;
	readonly MessageBody: string;
	readonly MessageBodyMD5: string;
	readonly ReceiptHandle: string;
	readonly EnqueueTime: string;
	readonly NextVisibleTime: string;
	readonly FirstDequeueTime: string;
	readonly DequeueCount: string;
	readonly Priority: string;
}

const MnsSdk = createRequire(import.meta.url)("@alicloud/mns") as new (
	accountId: string,
	options: object,
) => MnsClient;

export const account = new Account("1234567890123456", "cn-shanghai", {
	accessKeyId: "LTAI-local",
	accessKeySecret: "secret-of-the-local-account",
});

export function clientAt(url: string, credentials: object = account.root): MnsClient {
	return new MnsSdk(account.accountId, { endpoint: url, ...credentials });
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
