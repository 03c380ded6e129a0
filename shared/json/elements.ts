/**
 * The elements of a list in JSON, each as its text, without a look at what is
 * in them: one that cannot be read takes no other with it.
 *
 * @returns undefined if the text is no list.
 */
export function elementsOf(text: string): string[] | undefined {
	const begin = text.search(/\S/);
	const end = text.trimEnd().length - 1;
	if (begin < 0 || begin >= end || text[begin] !== "[" || text[end] !== "]") return undefined;
	const elements: string[] = [];
	let depth = 0;
	let inString = false;
	let from = begin + 1;
	for (let index = from; index < end; index++) {
		const char = text[index];
		if (inString) {
			if (char === "\\") index++;
			else if (char === '"') inString = false;
		} else if (char === '"') inString = true;
		else if (char === "{" || char === "[") depth++;
		else if (char === "}" || char === "]") {
			if (--depth < 0) return undefined;
		} else if (char === "," && depth === 0) {
			elements.push(text.slice(from, index).trim());
			from = index + 1;
		}
	}
	if (inString || depth !== 0) return undefined;
	const last = text.slice(from, end).trim();
	if (last !== "" || elements.length > 0) elements.push(last);
	return elements;
}
