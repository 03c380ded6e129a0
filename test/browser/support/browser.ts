import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";

const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 AA, and what axe holds for good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export type Scheme = "light" | "dark";

/** With a new profile, in a folder that goes with it. */
export const openBrowser = (): Promise<Browser> =>
	chromium.launch({ executablePath: findChromium() ?? "", args: FLAGS });

/** A page that remembers what a visitor should never see. */
export class Visitor {
	readonly page: Page;
	readonly context: BrowserContext;
	/** Errors of scripts, refusals by the content security policy, requests to elsewhere. */
	readonly complaints: string[] = [];

	private constructor(context: BrowserContext, page: Page, url: string) {
		this.context = context;
		this.page = page;
		const { origin } = new URL(url);
		page.on("pageerror", ({ message }) => this.complaints.push(message));
		page.on("console", (message) => {
			// Chromium itself tells of every answer of 4xx; the page says what it makes of it.
			if (message.type() !== "error" || message.text().startsWith("Failed to load")) return;
			this.complaints.push(message.text());
		});
		page.on("request", (request) => {
			const asked = request.url();
			if (!asked.startsWith(origin) && !asked.startsWith("data:")) this.complaints.push(asked);
		});
	}

	static async enter(browser: Browser, url: string, scheme: Scheme = "light"): Promise<Visitor> {
		const context = await browser.newContext({
			colorScheme: scheme,
			viewport: { width: 1280, height: 800 },
			timezoneId: "Asia/Shanghai",
			locale: "en-GB",
			reducedMotion: "reduce",
		});
		const page = await context.newPage();
		const visitor = new Visitor(context, page, url);
		await page.goto(url);
		return visitor;
	}

	/** Goes to a view, and waits until it has been read. */
	async see(hash: string): Promise<void> {
		const { page } = this;
		await page.evaluate((to) => {
			location.hash = to;
		}, hash);
		await page.waitForFunction(() => {
			const main = document.querySelector("main");
			const reads =
				main?.querySelector("[aria-busy=true]") || main?.textContent.includes("Reading ");
			return main?.querySelector("h1") && !reads;
		});
	}

	/** What axe finds, a line each. */
	async accessibility(): Promise<string[]> {
		const found = await this.page.evaluate(
			`${AXE};axe.run(document, ${JSON.stringify({ runOnly: RULES })})`,
		);
		const { violations } = found as { violations: Violation[] };
		return violations.flatMap(({ id, help, nodes }) =>
			nodes.map(
				({ html, failureSummary }) =>
					`${id} (${help}): ${html.slice(0, 200)} ${failureSummary ?? ""}`,
			),
		);
	}

	leave(): Promise<void> {
		return this.context.close();
	}
}

interface Violation {
	readonly id: string;
	readonly help: string;
	readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary?: string }>;
}
