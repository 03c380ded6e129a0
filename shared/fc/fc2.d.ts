/** What is used of npm `@alicloud/fc2` 2.6.6, which has no types of its own. */
declare module "@alicloud/fc2" {
	interface Config {
		accessKeyID: string;
		accessKeySecret: string;
		securityToken?: string;
		region: string;
		secure?: boolean;
		endpoint?: string;
		/** Milliseconds. */
		timeout?: number;
	}
	interface Answer {
		headers: Record<string, string>;
		data: unknown;
	}
	class FC {
		constructor(accountId: string, config: Config);
		version: string;
		post(
			path: string,
			body: Buffer,
			headers: Record<string, string>,
			query: Record<string, string>,
		): Promise<Answer>;
		invokeFunction(
			service: string,
			name: string,
			body: Buffer,
			headers: Record<string, string>,
			qualifier?: string,
		): Promise<Answer>;
	}
	export default FC;
}
