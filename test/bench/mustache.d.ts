/** What is used of it here: it comes without types. */
declare module "mustache" {
  const mustache: {
    render(
      template: string,
      values: Readonly<Record<string, string>>,
      partials: undefined,
      options: { readonly escape: (text: string) => string },
    ): string;
  };
  export default mustache;
}
