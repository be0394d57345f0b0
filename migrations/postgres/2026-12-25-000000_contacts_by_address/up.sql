-- Staff look for an account by the mail address of somebody who has just written or called.
CREATE INDEX contacts_by_address ON contacts (lower(email));
