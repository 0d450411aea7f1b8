-- verify_books_do_not_balance: find whether all accounts together do not come to zero
SELECT 0 FROM (SELECT sum(balance_points) AS points FROM points_account) books
WHERE books.points <> 0
