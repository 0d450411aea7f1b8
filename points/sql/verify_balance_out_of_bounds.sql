-- verify_balance_out_of_bounds: find accounts below their least balance
SELECT id FROM points_account WHERE balance_points < least_points
