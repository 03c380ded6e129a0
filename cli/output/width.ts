/** East Asian wide characters and pictures take two columns of a terminal (Unicode, UAX #11). */
const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /\p{Mn}|\u200b|\u200d|\ufe0f/u;

const widthOfCharacter = (character: string): number =>
	WIDE.test(character) ? 2 : NO_WIDTH.test(character) ? 0 : 1;

/** Columns that a text takes on a terminal. */
export function width(text: string): number {
	let columns = 0;
	for (const character of text) columns += widthOfCharacter(character);
	return columns;
}

/** At most so many columns, with … where something is left out. */
export function truncate(text: string, columns: number): string {
	if (width(text) <= columns) return text;
	let kept = "";
	let used = 1;
	for (const character of text) {
		used += widthOfCharacter(character);
		if (used > columns) break;
		kept += character;
	}
	return `${kept}…`;
}

export const pad = (text: string, columns: number): string =>
	text + " ".repeat(Math.max(0, columns - width(text)));

/** Without what would move the cursor or change colours: names and messages come from devices. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");
