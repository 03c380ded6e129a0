/** Makes the console in `outdir`, where nothing else stays. @returns the names of its files */
export function buildConsole(outdir: string): Promise<string[]>;
/** `dist/console` of the project, where `thingcast console` finds it. */
export const CONSOLE: string;
