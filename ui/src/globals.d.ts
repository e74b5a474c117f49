/** Where the bundle's other files are, beside the one that asks; the build fills them in. */
declare const MAP_WORKER: string;
declare const MAP_CSS: string;
