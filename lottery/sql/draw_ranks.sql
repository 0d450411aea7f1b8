-- draw_ranks: store the ranks of a draw uncompressed, so that one is read without the others
ALTER TABLE lottery_draw ALTER COLUMN ranks SET STORAGE EXTERNAL;
