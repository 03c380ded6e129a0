// biome-ignore lint/correctness/useImportExtensions: it must run before TypeScript can, and has its types beside it
export { buildConsole, CONSOLE } from "./build.mjs";
