/** What a client may call a template, for a sentence. */
export const TEMPLATE_NAME = 'the name of one file in haproxy.template_dir, without a slash or a dot before it';

const FILE_NAME = /^(?!\.)[^/\\\p{C}]{1,255}$/u;

/** Whether a text can name a template: nothing that leads out of the folder can. */
export const isTemplateName = (name: string): boolean => FILE_NAME.test(name);
