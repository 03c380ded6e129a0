import type { ConsoleFiles } from "../../shared/console/files.ts";

/** The page of a process that holds the key: it need not ask for one. */
export function withHeldKey(files: ConsoleFiles, apiUrl: string): ConsoleFiles {
	const page = files.get("index.html");
	if (!page) throw new Error("the console has no index.html");
	const text = page.bytes
		.toString()
		.replace('name="thingcast-key" content="ask"', 'name="thingcast-key" content="held"')
		.replace(
			'name="thingcast-api" content=""',
			`name="thingcast-api" content="${escaped(apiUrl)}"`,
		);
	return new Map(files).set("index.html", { ...page, bytes: Buffer.from(text) });
}

const escaped = (text: string): string =>
	text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
