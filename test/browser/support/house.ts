import type { Browser } from "playwright-core";
import { type Client, createClient } from "../../../client/src/index.ts";
import { CONSOLE } from "../../../console/built.ts";
import { type Console, serveConsole } from "../../../console/server/serve.ts";
import type { Endpoints } from "../../../local/index.ts";
import { RunningCloud } from "../../support/cloud/running-cloud.ts";
import { openBrowser, type Scheme, Visitor } from "./browser.ts";

/** The local cloud as a person starts it, the console before it, and a browser. */
export class House {
	readonly endpoints: Endpoints;
	readonly client: Client;
	readonly console: Console;
	readonly browser: Browser;
	readonly #cloud: RunningCloud;

	private constructor(
		cloud: RunningCloud,
		endpoints: Endpoints,
		served: Console,
		browser: Browser,
	) {
		this.#cloud = cloud;
		this.endpoints = endpoints;
		this.console = served;
		this.browser = browser;
		this.client = createClient({ url: endpoints.http, key: endpoints.apiKey });
	}

	static async open(...options: string[]): Promise<House> {
		const cloud = new RunningCloud(...options);
		const endpoints = await cloud.start();
		const api = { url: endpoints.http, key: endpoints.apiKey };
		const served = await serveConsole({ api, folder: CONSOLE, port: 0 });
		return new House(cloud, endpoints, served, await openBrowser());
	}

	/** A device of the local cloud. */
	device(number: number) {
		const { productKey = "", deviceName = "" } = this.endpoints.devices[number] ?? {};
		return { productKey, deviceName };
	}

	enter(scheme?: Scheme): Promise<Visitor> {
		return Visitor.enter(this.browser, this.console.url, scheme);
	}

	async close(): Promise<void> {
		await this.browser.close();
		await this.console.close();
		await this.#cloud.remove();
	}
}
