// The licences of the packages whose code is in a bundle.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** One text with name, version and licence of every package that one of the files belongs to. */
export async function licencesOf(root, files) {
  const folders = new Set(files.map((file) => PACKAGE.exec(file)?.[1]).filter(Boolean));
  const parts = await Promise.all([...folders].sort().map((folder) => licenceOf(path.join(root, folder))));
  return `The pages of this site load code of the following packages.\n\n${parts.join("\n")}`;
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => LICENCE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  const words = texts.length
    ? texts.map((text) => text.trim()).join("\n\n")
    : `Licence: ${license ?? "see the package"}`;
  return `${"=".repeat(80)}\n${name} ${version} (${license ?? "see below"})\n\n${words}\n`;
}
