-- What the validator accepts. The primary key decides between duplicates, however many arrive at once.
-- Identifiers are ASCII and compared byte by byte. The largest amount is of 15 digits, and no currency has more than
-- four decimals. Of a session its SHA-256 is kept: whoever has the id is let in. Times are UTC.
CREATE TABLE transactions (
    transaction_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    amount DECIMAL(19, 4) NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    accepted_at DATETIME(6) NOT NULL,
    PRIMARY KEY (transaction_id),
    KEY transactions_by_account (account_id, accepted_at),
    CONSTRAINT transactions_amount_is_positive CHECK (amount > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
