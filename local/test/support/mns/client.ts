import { createRequire } from "node:module";

/** What is used of the official client, npm `@alicloud/mns` 1.2.0, which has no types of its own. */
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
interface Message {
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

export const OfficialClient = createRequire(import.meta.url)("@alicloud/mns") as new (
	accountId: string,
	options: object,
) => MnsClient;
