import sdk, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import type { Keys } from "./account.ts";

type Runtime = Parameters<InstanceType<typeof sdk.default>["callApi"]>[2];

/** One call of an RPC API: its action, what it takes, and the object that it answers. */
export type Rpc = (
	action: string,
	query?: Readonly<Record<string, string>>,
) => Promise<Readonly<Record<string, unknown>>>;

const TIMEOUT_MS = 10_000;

/** @param endpoint a host name, or a URL of this machine for tests. */
export function openRpc(keys: Keys, endpoint: string, version: string): Rpc {
	return async (action, query = {}) => {
		const { protocol, host } = new URL(endpoint.includes("://") ? endpoint : `https://${endpoint}`);
		const client = new sdk.default(new Config({ ...keys, endpoint: host }));
		const params = new Params({
			action,
			version,
			protocol: protocol === "http:" ? "HTTP" : "HTTPS",
			method: "POST",
			authType: "AK",
			style: "RPC",
			pathname: "/",
			reqBodyType: "formData",
			bodyType: "json",
		});
		const limits = { readTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS };
		const request = new OpenApiRequest({ query });
		const answer = await client.callApi(params, request, limits as unknown as Runtime);
		return answer["body"] as Readonly<Record<string, unknown>>;
	};
}
