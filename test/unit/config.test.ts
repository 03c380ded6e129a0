import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../shared/config.ts";

const ACCOUNT = {
	ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
	ALIBABA_CLOUD_ACCESS_KEY_SECRET: "the-secret-of-the-key",
	FC_ACCOUNT_ID: "1",
	FC_REGION: "cn-shanghai",
};

function refusal(
	environment: Record<string, string>,
	names: Parameters<typeof readConfig>[1],
): string {
	try {
		readConfig(environment, names);
	} catch (error) {
		expect(error).toBeInstanceOf(ConfigError);
		return (error as Error).message;
	}
	throw new Error("the configuration was taken");
}

describe("the configuration", () => {
	it("names every variable that is missing or malformed in one error", () => {
		const message = refusal(
			{
				FC_ACCOUNT_ID: "1",
				TABLESTORE_ENDPOINT: "thingcast.ots.aliyuncs.com",
				QUOTA_PER_SECOND: "many",
				QUOTA_SHARE: "1.5",
				SYNC_TIMEOUT_SECONDS: "-1",
				LOG_LEVEL: "loud",
				API_KEYS: "short,also-short",
				WORKER_FUNCTION: "a b",
			},
			[
				"TABLESTORE_ENDPOINT",
				"TABLESTORE_INSTANCE",
				"QUOTA_PER_SECOND",
				"QUOTA_SHARE",
				"SYNC_TIMEOUT_SECONDS",
				"API_KEYS",
				"WORKER_FUNCTION",
			],
		);
		for (const name of [
			"ALIBABA_CLOUD_ACCESS_KEY_ID is missing",
			"ALIBABA_CLOUD_ACCESS_KEY_SECRET is missing",
			"FC_REGION is missing",
			"TABLESTORE_ENDPOINT must be a URL",
			"TABLESTORE_INSTANCE is missing",
			"QUOTA_PER_SECOND must be a number",
			"QUOTA_SHARE must be at most 1",
			"SYNC_TIMEOUT_SECONDS must be greater than 0",
			"LOG_LEVEL",
			"API_KEYS must be keys of at least 16 characters",
			"WORKER_FUNCTION must be the name of a function",
		]) {
			expect(message).toContain(name);
		}
	});

	it("never shows a value that may be a secret", () => {
		const message = refusal({ ...ACCOUNT, API_KEYS: "hunter2" }, ["API_KEYS"]);
		expect(message).not.toContain("hunter2");
		expect(message).not.toContain("the-secret-of-the-key");
	});

	it("takes an empty variable for one that is not set", () => {
		const settings = readConfig({ ...ACCOUNT, IOT_INSTANCE_ID: "", QUOTA_PER_SECOND: "" }, [
			"IOT_INSTANCE_ID",
			"QUOTA_PER_SECOND",
		]);
		expect(settings.IOT_INSTANCE_ID).toBeUndefined();
		expect(settings.QUOTA_PER_SECOND).toBe(500);
	});

	it("asks of a function only what it uses", () => {
		expect(readConfig(ACCOUNT, []).LOG_LEVEL).toBe("info");
	});

	it.each([
		["TABLESTORE_ENDPOINT", "http://thingcast.cn-shanghai.ots.aliyuncs.com"],
		["FC_ENDPOINT", "http://10.0.0.7:9000"],
		["FC_ENDPOINT", "http://127.0.0.1.example.com"],
		["FC_ENDPOINT", "http://localhost@example.com"],
		["IOT_ENDPOINT", "http://iot.cn-shanghai.aliyuncs.com"],
	] as const)("refuses an unencrypted %s beyond this machine: %s", (name, endpoint) => {
		expect(refusal({ ...ACCOUNT, [name]: endpoint }, [name])).toContain(`${name} must begin`);
	});

	it.each(["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])(
		"takes the unencrypted address %s of this machine",
		(endpoint) => {
			expect(readConfig({ ...ACCOUNT, FC_ENDPOINT: endpoint }, ["FC_ENDPOINT"])).toMatchObject({
				FC_ENDPOINT: endpoint,
			});
		},
	);

	it("reads the origins of web pages, none by default", () => {
		const read = (value: string) =>
			readConfig({ ...ACCOUNT, CORS_ORIGINS: value }, ["CORS_ORIGINS"]).CORS_ORIGINS;
		expect(read("")).toEqual([]);
		expect(read("https://a.example, http://localhost:5173")).toEqual([
			"https://a.example",
			"http://localhost:5173",
		]);
		expect(refusal({ ...ACCOUNT, CORS_ORIGINS: "https://a.example/" }, ["CORS_ORIGINS"])).toContain(
			"CORS_ORIGINS must be origins",
		);
	});

	it.each(["iot.cn-shanghai.aliyuncs.com", "http://127.0.0.1:9001", "https://iot.example.com/"])(
		"takes %s for an endpoint of IoT Platform",
		(endpoint) => {
			const settings = readConfig({ ...ACCOUNT, IOT_ENDPOINT: endpoint }, ["IOT_ENDPOINT"]);
			expect(settings.IOT_ENDPOINT).toBe(endpoint);
		},
	);
});
