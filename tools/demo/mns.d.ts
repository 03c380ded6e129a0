/** What is used of npm `@alicloud/mns` 1.2.0, which has no types of its own. */
declare module "@alicloud/mns" {
	interface Config {
		accessKeyId: string;
		accessKeySecret: string;
		securityToken?: string;
		endpoint?: string;
		region?: string;
	}
	class MnsClient {
		constructor(accountId: string, config: Config);
		createQueue(queue: string): Promise<unknown>;
		/** Fails with an error whose name holds `QueueNotExist` where there is none. */
		getQueueAttributes(queue: string): Promise<unknown>;
		sendMessage(queue: string, message: { MessageBody: string }): Promise<unknown>;
		batchSendMessage(queue: string, messages: Array<{ MessageBody: string }>): Promise<unknown>;
	}
	export default MnsClient;
}
