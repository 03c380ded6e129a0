import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fc2 } from "./fc2.ts";
import { iot } from "./iot.ts";
import { openapiClient } from "./openapi-client.ts";
import { keepMentioned, words } from "./pieces.ts";
import type { Trim } from "./rule.ts";
import { readSource, ShapeError } from "./source.ts";
import { tablestore } from "./tablestore.ts";
import { openapiUtil, teaUtil } from "./tea.ts";

/** Users before what they use. */
export const TRIMS: readonly Trim[] = [iot, openapiClient, openapiUtil, teaUtil, fc2, tablestore];

type CalledOf = (packageName: string) => Promise<ReadonlySet<string>>;
type Files = ReadonlyMap<string, string>;

/** The vendors' packages of one build, each cut when its first file is asked for. */
export class Vendors {
	readonly #calledOf: CalledOf;
	readonly #byFolder = new Map<string, Promise<Files>>();
	readonly #byPackage = new Map<string, Promise<Files>[]>();

	constructor(calledOf: CalledOf) {
		this.#calledOf = calledOf;
	}

	/** A file of the package in `folder` as it is bundled, or `undefined` if that is as it is. */
	async file(folder: string, name: string, file: string): Promise<string | undefined> {
		const rule = TRIMS.find((each) => each.package === name);
		if (!rule || !(file in rule.files)) return undefined;
		let files = this.#byFolder.get(folder);
		if (!files) {
			files = this.#trim(rule, folder);
			this.#byFolder.set(folder, files);
			this.#byPackage.set(name, [...(this.#byPackage.get(name) ?? []), files]);
		}
		return (await files).get(file);
	}

	async #trim(rule: Trim, folder: string): Promise<Files> {
		await checkVersion(folder, rule.package, rule.versions);
		const names = Object.keys(rule.files);
		const files = await Promise.all(
			Object.entries(rule.files).map(async ([file, piecesOf]) => {
				const text = await readFile(join(folder, file), "utf8");
				const read = readSource(`${rule.package}/${file}`, text);
				const source = rule.prepare?.(read) ?? read;
				return { source, pieces: piecesOf(source) };
			}),
		);
		const called = [...(await this.#called(rule))].map(rule.called ?? String);
		const texts = keepMentioned(files, called, rule.mentions);
		const kept = new Map(names.map((name, index) => [name, texts[index] ?? ""]));
		rule.check?.(kept);
		return kept;
	}

	async #called({ package: name, calledBy }: Trim): Promise<ReadonlySet<string>> {
		if (!calledBy) return this.#calledOf(name);
		const users = await Promise.all(calledBy.flatMap((user) => this.#byPackage.get(user) ?? []));
		const texts = users.flatMap((files) => [...files.values()]);
		return new Set(texts.flatMap((text) => [...words(text)]));
	}
}

/** @throws ShapeError */
export async function checkVersion(
	folder: string,
	name: string,
	tried: readonly string[],
): Promise<void> {
	const text = await readFile(join(folder, "package.json"), "utf8");
	const { version = "of no version" } = JSON.parse(text) as { version?: string };
	if (tried.includes(version)) return;
	throw new ShapeError(
		`${name} is ${version} and tools/bundle/trim was tried with ${tried.join(", ")}: change the version there, then run the tests that compare the trimmed clients with the whole ones`,
	);
}
