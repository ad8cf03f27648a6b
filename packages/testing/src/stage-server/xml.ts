export function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A value as the query protocol has it: the items of a list are members. */
export function members(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${members(item)}</member>`).join("");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([name, item]) => `<${name}>${members(item)}</${name}>`)
      .join("");
  }
  return escaped(String(value));
}
