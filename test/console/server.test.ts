import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONSOLE } from "../../console/built.ts";
import { type Console, serveConsole } from "../../console/server/serve.ts";
import { ContractApi, commandOf } from "../support/api/contract-api.ts";

describe("the console on this machine", () => {
	let api: ContractApi;
	let served: Console;
	beforeAll(async () => {
		api = await ContractApi.start();
		served = await serveConsole({ api, folder: CONSOLE, port: 0 });
	});
	afterAll(async () => {
		await served.close();
		await api.close();
	});

	const port = () => Number(new URL(served.url).port);
	/** As any program may ask, with headers that no browser lets a page set. */
	const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
		new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
			(resolve, reject) => {
				const options = { port: port(), path, method, headers, host: "127.0.0.1" };
				const asked = request(options, async (response) => {
					let text = "";
					for await (const chunk of response) text += chunk;
					resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
				});
				asked.on("error", reject);
				asked.end();
			},
		);

	it("asks the API with the key, and never shows it", async () => {
		api.change(commandOf("c1"));
		const answer = await ask("/v1/commands?state=accepted", { authorization: "Bearer held" });
		expect(JSON.parse(answer.text).commands).toMatchObject([{ id: "c1" }]);
		expect(api.seen.at(-1)).toMatchObject({
			query: { state: "accepted" },
			headers: { authorization: `Bearer ${api.key}` },
		});
		const page = await ask("/console/");
		expect(page.text).toContain('name="thingcast-key" content="held"');
		expect(page.text).toContain(`name="thingcast-api" content="${api.url}"`);
		expect(`${page.text}${JSON.stringify(page.headers)}${answer.text}`).not.toContain(api.key);
	});

	it("passes on what makes a request itself: method, body, conditions, and none of the page's cookies", async () => {
		const response = await fetch(new URL("/v1/commands", served.url), {
			method: "POST",
			headers: { "content-type": "application/json", "idempotency-key": "k1", cookie: "a=b" },
			body: '{"device":{"iotId":"x"},"service":"Set","args":{"big":9007199254740993}}',
		});
		expect(response.status).toBe(202);
		const { method, text, headers } = api.seen.at(-1) ?? {};
		expect(method).toBe("POST");
		expect(text).toContain("9007199254740993");
		expect(headers?.["idempotency-key"]).toBe("k1");
		expect(headers?.["cookie"]).toBeUndefined();
	});

	it("passes a stream on as it comes, and ends it when the page has gone", async () => {
		const stop = new AbortController();
		const response = await fetch(new URL("/v1/commands/stream", served.url), {
			signal: stop.signal,
		});
		const reader = response.body?.getReader();
		const first = await reader?.read();
		expect(new TextDecoder().decode(first?.value)).toContain("hello");
		expect(api.streams).toBe(1);
		stop.abort();
		await expect.poll(() => api.streams).toBe(0);
	});

	it.each([
		["another origin", { origin: "https://evil.example" }],
		["a page in a sandbox", { origin: "null" }],
		["another port of this machine", { origin: "http://127.0.0.1:1" }],
		[
			"another page's image or script",
			{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
		],
		["another port's page", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }],
		["a name that leads here", { host: "evil.example" }],
		["a name that begins like this machine", { host: "localhost.evil.example" }],
	])("refuses %s", async (_, headers) => {
		const before = api.seen.length;
		const answer = await ask("/v1/commands", headers);
		expect(answer.status).toBe(403);
		expect(api.seen).toHaveLength(before);
	});

	it("lets its own page in, under each name of this machine, and links from elsewhere to the page", async () => {
		for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
			const host = `${name}:${port()}`;
			const own = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
			expect((await ask("/v1/commands", own)).status).toBe(200);
		}
		const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
		expect((await ask("/console/", link)).status).toBe(200);
	});

	it("allows its page nothing inline and nothing from elsewhere", async () => {
		const { headers } = await ask("/console/");
		const policy = String(headers["content-security-policy"]);
		expect(policy).toContain("default-src 'none'");
		expect(policy).toContain("script-src 'self';");
		expect(policy).toContain("style-src 'self';");
		expect(policy).toContain("frame-ancestors 'none'");
		expect(policy).not.toContain("unsafe");
	});

	it("serves its files and nothing else", async () => {
		expect((await ask("/")).headers["location"]).toBe("/console/");
		for (const path of ["/console/../../package.json", "/console/%2e%2e/x", "/etc/passwd"]) {
			expect((await ask(path)).status).toBe(404);
		}
		expect((await ask("/console/", {}, "POST")).status).toBe(405);
	});

	it("says so where the API does not answer", async () => {
		const away = await ContractApi.start();
		const gone = { url: away.url, key: away.key };
		const lonely = await serveConsole({ api: gone, folder: CONSOLE, port: 0 });
		await away.close();
		const response = await fetch(new URL("/v1/quota", lonely.url));
		expect(response.status).toBe(502);
		expect(await response.json()).toMatchObject({ type: "urn:thingcast:problem:no-answer" });
		await lonely.close();
	});
});
